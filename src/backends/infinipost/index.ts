import { defineBackend } from '../definition.ts';
import { openHttp } from '../http.ts';
import { readProfiles } from './accounts.ts';
import { cancelPost } from './cancel-post.ts';
import { capabilities, NO_RETRY, unsupported } from './capabilities.ts';
import { createVideoPost, planVideoPost } from './create-video-post.ts';
import { editPost, planEdit } from './edit-post.ts';
import { findVideoPost } from './find-video-post.ts';
import { listPosts, readPost } from './posts.ts';
import { listSounds, uploadSound } from './sounds.ts';
import { explain } from './wire.ts';

const BASE_URL = 'https://api.infinipost.co';

/** TikTok and Instagram accounts on phones that the vendor runs: https://docs.infinipost.co */
export const infinipost = defineBackend({
  name: 'infinipost',
  capabilities,
  settings: {
    INFINIPOST_API_KEY: { about: 'Key of an Infinipost workspace', kind: 'key' },
    INFINIPOST_BASE_URL: { about: 'Where the Infinipost API is', kind: 'url', fallback: BASE_URL },
  },

  open({ INFINIPOST_API_KEY: key, INFINIPOST_BASE_URL: baseUrl = BASE_URL }, { clock }) {
    if (!key) return undefined;
    const http = openHttp(
      {
        backend: 'infinipost',
        baseUrl,
        headers: { authorization: `Bearer ${key}` },
        secrets: [key],
        setting: 'INFINIPOST_API_KEY',
        explain,
      },
      { clock },
    );
    return {
      name: 'infinipost',
      capabilities,
      profiles: (call) => readProfiles(http, call),
      planVideoPost: async (order) => planVideoPost(http, order),
      createVideoPost: (order, call) => createVideoPost(http, { order, now: clock.now() }, call),
      findVideoPost: (sent, call) => findVideoPost(http, { sent, now: clock.now() }, call),
      planEdit: (id, edit, call) => planEdit(http, { id, edit }, call),
      editPost: (id, edit, call) => editPost(http, { id, edit }, call),
      listPosts: (query, call) => listPosts(http, query, call),
      getPost: (id, call) => readPost(http, id, call),
      cancelPost: (standing, call) => cancelPost(http, standing, call),
      async retryPost() {
        throw unsupported(NO_RETRY);
      },
      uploadSound: (sound, call) => uploadSound(http, sound, call),
      listSounds: (query, call) => listSounds(http, query, call),
      [Symbol.asyncDispose]: () => http.close(),
    };
  },
});
