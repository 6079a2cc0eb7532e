import { defineBackend } from '../definition.ts';
import { posteverywhereCapabilities } from './capabilities.ts';

const BASE_URL = 'https://app.posteverywhere.ai/api/v1';

/** PostEverywhere: https://developers.posteverywhere.ai */
export const posteverywhere = defineBackend({
  name: 'posteverywhere',
  capabilities: posteverywhereCapabilities,
  settings: {
    POSTEVERYWHERE_API_KEY: { about: 'turns on posteverywhere: its API key, pe_live_…', kind: 'key' },
    POSTEVERYWHERE_BASE_URL: { about: 'where posteverywhere is', kind: 'url', fallback: BASE_URL },
  },

  async open({ POSTEVERYWHERE_API_KEY: key, POSTEVERYWHERE_BASE_URL: baseUrl = BASE_URL }, surroundings) {
    if (!key) return undefined;
    return (await import('./open.ts')).open({ key, baseUrl }, surroundings);
  },
});
