import type { Clock } from '../../domain/clock.ts';
import type { Opening, VendorBackend } from '../definition.ts';
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

/** The client. Loaded where the vendor is turned on, and nowhere else. */
export function open({ key, baseUrl }: Opening, { clock }: { readonly clock: Clock }): VendorBackend {
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
}
