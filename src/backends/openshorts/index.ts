import { defineBackend } from '../definition.ts';
import { BASE_URL } from '../upload-post/index.ts';
import { openshortsCapabilities } from './capabilities.ts';

const LOCAL_URL = 'http://localhost:8000';

/** A self-hosted https://github.com/mutonby/openshorts, which posts the clips that it makes through Upload-Post. */
export const openshorts = defineBackend({
  name: 'openshorts',
  capabilities: openshortsCapabilities,
  settings: {
    OPENSHORTS_URL: {
      about: `turns on openshorts: where it is, or 1 for ${LOCAL_URL}`,
      kind: 'url',
      one: LOCAL_URL,
      selfHosted: true,
    },
  },

  async open(
    { OPENSHORTS_URL: url, UPLOAD_POST_API_KEY: key, UPLOAD_POST_BASE_URL: baseUrl = BASE_URL },
    surroundings,
  ) {
    if (url === undefined) return undefined;
    const uploadPost = key === undefined ? undefined : { key, baseUrl };
    const { open } = await import('./open.ts');
    return open({ url: url === '1' ? LOCAL_URL : url, uploadPost }, surroundings);
  },
});
