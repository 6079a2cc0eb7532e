import type { VideoOrder } from '../../domain/backend.ts';
import type { Call } from '../../domain/call.ts';
import { Failure } from '../../domain/failure.ts';
import type { Warning } from '../../domain/post.ts';
import type { Http } from '../http.ts';
import { path } from '../path.ts';
import { type Clip, Job } from './wire.ts';

/** A clip of a finished job. Before that the indices move: the clips are rendered side by side. */
export async function readClip(
  http: Http,
  { content }: Pick<VideoOrder, 'content'>,
  call: Call,
): Promise<Clip> {
  if (content.kind !== 'clip')
    throw new Failure('unsupported', 'OpenShorts posts clips of its own jobs only.');
  const { jobId, clipIndex } = content;
  if (!Number.isInteger(clipIndex) || clipIndex < 0)
    throw new Failure('invalid_parameter', 'The index of a clip is a whole number from 0.', {
      field: 'contentUrl',
    });
  const job = await http.read(
    { path: path`/api/status/${jobId}`, schema: Job, notFound: 'OpenShorts has no such job (any more).' },
    call,
  );
  if (job.status !== 'completed') throw notFinished(job.status);
  const clips = job.result?.clips ?? [];
  const clip = clips[clipIndex];
  if (clip) return clip;
  throw new Failure('not_found', `The job has no clip ${clipIndex}.`, {
    field: 'contentUrl',
    candidates: clips.map((_, index) => ({
      value: `openshorts:${jobId}/${index}`,
      why: clips[index]?.video_title_for_youtube_short ?? `clip ${index}`,
    })),
  });
}

function notFinished(status: string): Failure {
  if (status === 'failed')
    return new Failure('media_rejected', 'The OpenShorts job failed.', { field: 'contentUrl' });
  return new Failure('unavailable', 'The OpenShorts job is not finished; nothing was sent.', {
    field: 'contentUrl',
    hint: 'Call again when the job is done: until then the indices of its clips may change.',
  });
}

export interface ClipTexts {
  readonly title?: string;
  readonly description: string;
  readonly warnings: readonly Warning[];
}

type Worded = Pick<VideoOrder, 'accounts' | 'caption' | 'title' | 'options'>;

/** An empty text counts as none there, and the app then takes one that it made up: it is always sent one. */
export function placeTexts(order: Worded, clip: Clip): ClipTexts {
  if (order.caption !== undefined && order.caption.trim() === '')
    throw new Failure('unsupported', 'OpenShorts cannot post without a caption: it would write its own.', {
      field: 'caption',
      hint: 'Leave caption out to have the one that OpenShorts made for the clip.',
    });
  const generated =
    clip.video_description_for_instagram || clip.video_description_for_tiktok || 'Check this out!';
  const description = order.caption ?? generated;
  const told =
    order.caption === undefined
      ? [warning('caption_from_clip', `The caption is the one of the clip: "${description}".`)]
      : [];
  const asked = askedTitle(order);
  if (asked !== undefined || !onYouTube(order)) {
    const title = asked ?? firstLine(description);
    return { ...(title && { title }), description, warnings: told };
  }
  const title = cut(clip.video_title_for_youtube_short || clip.title || firstLine(description));
  const named = warning('title_from_clip', `YouTube needs a title; it is the one of the clip: "${title}".`);
  return { title, description, warnings: [...told, named] };
}

/** The title that an order would have been sent with, where that does not depend on the clip. */
export function knownTitle(order: Worded): string | undefined {
  const asked = askedTitle(order);
  if (asked !== undefined || onYouTube(order) || order.caption === undefined) return asked;
  return firstLine(order.caption) || undefined;
}

function askedTitle(order: Worded): string | undefined {
  const own = onYouTube(order) ? order.options.youtube?.title?.trim() : undefined;
  return own || order.title?.trim() || undefined;
}

function onYouTube({ accounts }: Worded): boolean {
  return accounts.some(({ platform }) => platform === 'youtube');
}

function firstLine(text: string): string {
  const [line = ''] = text.trim().split(/[\r\n]/, 1);
  return cut(line);
}

/** https://docs.upload-post.com/resources/character-limits */
function cut(text: string): string {
  return Array.from(text.trim()).slice(0, 100).join('').trim();
}

function warning(code: string, message: string): Warning {
  return { code, message };
}
