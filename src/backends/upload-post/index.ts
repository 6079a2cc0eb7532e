import { defineBackend } from '../definition.ts';
import { uploadPostCapabilities } from './capabilities.ts';

export const BASE_URL = 'https://api.upload-post.com/api';

/** https://docs.upload-post.com */
export const uploadPost = defineBackend({
  name: 'upload-post',
  capabilities: uploadPostCapabilities,
  settings: {
    UPLOAD_POST_API_KEY: { about: 'turns on upload-post: its API key', kind: 'key' },
    UPLOAD_POST_BASE_URL: { about: 'where upload-post is', kind: 'url', fallback: BASE_URL },
  },

  async open({ UPLOAD_POST_API_KEY: key, UPLOAD_POST_BASE_URL: baseUrl = BASE_URL }, surroundings) {
    if (key === undefined) return undefined;
    return (await import('./open.ts')).open({ key, baseUrl }, surroundings);
  },
});
