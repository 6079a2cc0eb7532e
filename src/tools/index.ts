import { type AccessLevel, allows } from '../domain/call.ts';
import { approvePost } from './approve-post.ts';
import { cancelPost } from './cancel-post.ts';
import { createVideoPost } from './create-video-post.ts';
import { editPost } from './edit-post.ts';
import { getActivity } from './get-activity.ts';
import { getPost } from './get-post.ts';
import { listPosts } from './list-posts.ts';
import { listProfiles } from './list-profiles.ts';
import { listSounds } from './list-sounds.ts';
import { retryPost } from './retry-post.ts';
import type { Tool } from './tool.ts';
import { uploadSound } from './upload-sound.ts';

/** Every tool, in the order in which an agent meets them. */
export const TOOLS: readonly Tool[] = [
  listProfiles,
  createVideoPost,
  editPost,
  listPosts,
  getPost,
  cancelPost,
  retryPost,
  uploadSound,
  listSounds,
  getActivity,
  approvePost,
];

const LOOK = '1. list_profiles: the accounts, the current time and zone, and what each backend can do.';
const ASK =
  '2. create_video_post with accountIds, contentUrl, and scheduledTime as a wall time in timezone; dryRun shows the plan first.';

/** What only some levels can do. */
const STEPS: Readonly<Record<AccessLevel, readonly string[]>> = {
  read: [
    LOOK,
    '2. list_posts or get_post: what is planned and what became of it. This access looks and changes nothing.',
  ],
  draft: [
    LOOK,
    ASK,
    'With this access that makes a draft: it airs once a person approves it. Say so, and what is in it.',
    '3. list_posts or get_post: what waits, what is planned and what became of it. edit_post and cancel_post while it waits.',
  ],
  full: [
    LOOK,
    ASK,
    '3. list_posts or get_post: what is planned and what became of it. edit_post and cancel_post until the air time; retry_post after a failure.',
  ],
};

/** Static, so that nothing from outside ever speaks here. What names a tool that is not served is left out. */
export function instructionsFor(level: AccessLevel, tools: readonly Tool[] = TOOLS): string {
  const served = tools.map(({ name }) => name);
  const absent = TOOLS.map(({ name }) => name).filter((name) => !served.includes(name));
  const lines = [
    'Airdate schedules short videos on TikTok, Instagram, YouTube and more.',
    ...STEPS[level],
    'Ids (backend:rest) are opaque: pass them on as they are.',
    'An error carries code, hint and often next, a call to make as it stands. On outcome_unknown never post again by hand: look first.',
    'Posts marked simulated go to a folder, not to a platform.',
  ];
  return lines.filter((text) => !absent.some((name) => new RegExp(`\\b${name}\\b`).test(text))).join('\n');
}

/** The tools that are served: all, or only the `names` where some are named. */
export function toolsNamed(names?: readonly string[]): readonly Tool[] {
  return TOOLS.filter(({ name }) => names?.includes(name) ?? true);
}

/** Those of a level. */
export function toolsFor(level: AccessLevel, tools: readonly Tool[] = TOOLS): readonly Tool[] {
  return tools.filter((tool) => allows(level, tool.level));
}
