import type { ManualClock } from '../support/clock.ts';

type JobStatus = 'queued' | 'processing' | 'completed' | 'failed';

/** A clip as the app describes it; it has no title and no id of its own. */
export interface Clip {
  readonly start: number;
  readonly end: number;
  readonly video_description_for_tiktok: string;
  readonly video_description_for_instagram: string;
  readonly video_title_for_youtube_short: string;
  readonly viral_hook_text: string;
  readonly predicted_score: number;
  readonly video_url: string;
  /** Only where a person has edited it in. */
  readonly title?: string;
}

export interface JobToAdd {
  readonly jobId?: string;
  readonly status?: JobStatus;
  /** How many clips are rendered, or what each says. `null`: there is no result yet. */
  readonly clips?: number | readonly Partial<Clip>[] | null;
  /** Clips whose file is gone. */
  readonly missingFiles?: readonly number[];
}

export interface Job {
  readonly jobId: string;
  readonly status: JobStatus;
  readonly clips: readonly Clip[] | null;
  readonly missingFiles: readonly number[];
  readonly createdAt: number;
}

const jobNumber = (last: number) => `00000000-0000-4000-8000-${String(last).padStart(12, '0')}`;

/** The app's jobs: in memory, and gone after the retention. */
export class OpenshortsJobs {
  readonly #clock: ManualClock;
  readonly #retentionMs: number;
  readonly #jobs = new Map<string, Job>();
  #added = 0;

  constructor(clock: ManualClock, retentionMs: number) {
    this.#clock = clock;
    this.#retentionMs = retentionMs;
  }

  /** Adds a job, or puts another in its place: a job that runs gains clips, and their order may change. */
  set({ jobId, status = 'completed', clips = 3, missingFiles = [] }: JobToAdd): Job {
    this.#added += 1;
    const id = jobId ?? jobNumber(this.#added);
    const given = typeof clips === 'number' ? Array.from({ length: clips }, () => ({})) : clips;
    const job: Job = {
      jobId: id,
      status,
      clips: given?.map((clip, index) => ({ ...usualClip(id, index), ...clip })) ?? null,
      missingFiles,
      createdAt: this.#clock.now(),
    };
    this.#jobs.set(id, job);
    return job;
  }

  get(jobId: string): Job | undefined {
    const job = this.#jobs.get(jobId);
    return job && this.#clock.now() - job.createdAt <= this.#retentionMs ? job : undefined;
  }

  file(path: string): string | undefined {
    const [, jobId = ''] = /^\/videos\/([^/]+)\/[^/]+$/.exec(path) ?? [];
    const job = this.get(jobId);
    const index = job?.clips?.findIndex((clip) => clip.video_url === path) ?? -1;
    return index < 0 || job?.missingFiles.includes(index) ? undefined : clipFile(path);
  }
}

/** What `GET /api/status/{job_id}` answers. */
export function jobBody({ status, clips }: Job) {
  const logs = ['Downloading source', 'Transcribing', 'Finding viral moments'];
  const failure = status === 'failed' ? ['Process failed with exit code 1'] : [];
  return {
    status,
    logs: [...logs, ...failure],
    result: clips ? { clips, cost_analysis: null } : null,
  };
}

function usualClip(jobId: string, index: number): Clip {
  const number = index + 1;
  return {
    start: index * 60,
    end: index * 60 + 32.5,
    video_description_for_tiktok: `TikTok text of clip ${number} #fyp`,
    video_description_for_instagram: `Instagram text of clip ${number} #reels`,
    video_title_for_youtube_short: `YouTube title of clip ${number}`,
    viral_hook_text: `Wait for clip ${number}`,
    predicted_score: 90 - index,
    video_url: `/videos/${jobId}/source_clip_${number}.mp4`,
  };
}

/** Stands for a rendered clip: its kind by its first bytes, other content for each, and no shorter than a video may be. */
function clipFile(path: string): string {
  return `\0\0\0\x18ftypmp42${`${path} `.repeat(200)}`;
}
