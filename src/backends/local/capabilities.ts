import type { Capabilities } from '../../domain/capabilities.ts';
import { EDITABLE, VERBS } from '../../domain/capabilities.ts';
import { PLATFORM_NAMES } from '../../domain/platform.ts';

/** The local backend keeps whatever it is given and hands it on whole. */
export const localCapabilities: Capabilities = {
  tools: Object.fromEntries(VERBS.map((verb) => [verb, true])) as Capabilities['tools'],
  content: ['url', 'file'],
  platforms: PLATFORM_NAMES,
  editable: EDITABLE,
  soundPlatforms: ['tiktok', 'instagram', 'youtube'],
  options: {
    tiktok: [
      'privacyLevel',
      'allowComments',
      'allowDuet',
      'allowStitch',
      'coverTimestampMs',
      'draft',
      'caption',
    ],
    instagram: ['contentType', 'altText', 'coverTimestampMs', 'shareToFeed', 'caption'],
    youtube: ['title', 'description', 'privacyStatus', 'tags', 'caption'],
    linkedin: ['visibility', 'caption'],
    x: ['replySettings', 'caption'],
    facebook: ['videoType', 'caption'],
    threads: ['caption'],
  },
  titles: true,
  timePrecision: 'second',
  oneWritePer: 'call',
};
