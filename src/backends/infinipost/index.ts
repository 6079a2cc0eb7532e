import { defineBackend } from '../definition.ts';
import { capabilities } from './capabilities.ts';

const BASE_URL = 'https://api.infinipost.co';

/** TikTok and Instagram accounts on phones that the vendor runs: https://docs.infinipost.co */
export const infinipost = defineBackend({
  name: 'infinipost',
  capabilities,
  settings: {
    INFINIPOST_API_KEY: { about: 'turns on infinipost: the API key of a workspace', kind: 'key' },
    INFINIPOST_BASE_URL: { about: 'where infinipost is', kind: 'url', fallback: BASE_URL },
  },

  async open({ INFINIPOST_API_KEY: key, INFINIPOST_BASE_URL: baseUrl = BASE_URL }, surroundings) {
    if (!key) return undefined;
    return (await import('./open.ts')).open({ key, baseUrl }, surroundings);
  },
});
