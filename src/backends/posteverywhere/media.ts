import { createHash } from 'node:crypto';
import type { Call } from '../../domain/call.ts';
import type { Clock } from '../../domain/clock.ts';
import type { Content } from '../../domain/content.ts';
import { Failure, quote } from '../../domain/failure.ts';
import type { Http } from '../http.ts';
import { path } from '../path.ts';
import { until } from '../until.ts';
import { answerOf } from './fields.ts';
import { importUrl, type Source, uploadFile } from './media-requests.ts';
import { MediaState } from './wire.ts';

/** An import is waited for so long after it was asked for, a file after it was uploaded. */
const PATIENCE_MS = 40_000;
/** For so long the same call goes on waiting for what it brought before. */
const RESUMED_MS = 15 * 60_000;

interface Brought {
  readonly id: string;
  readonly since: number;
}

/** Media have to be in the vendor's library, and ready, before a post can carry them. Nothing here publishes. */
export class MediaLibrary {
  readonly #http: Http;
  readonly #clock: Clock;
  /** Media that were not ready when their call had to end. */
  readonly #unready = new Map<string, Brought>();

  constructor(http: Http, clock: Clock) {
    this.#http = http;
    this.#clock = clock;
  }

  /** The id of the content in the library, once a post can carry it. */
  async prepare(content: Content, call: Call): Promise<string> {
    const source = sourceOf(content);
    const began = this.#clock.now();
    const { id, state } = (await this.#resume(source)) ?? (await this.#bring(source, call));
    const waitsFrom = source.kind === 'url' ? began : this.#clock.now();
    try {
      if (!isReady(state, source)) await this.#wait(id, source, { call, deadline: waitsFrom + PATIENCE_MS });
    } catch (thrown) {
      const failure = Failure.from(thrown);
      if (failure.retryable) await this.#keep(source, { id, since: began });
      else this.#forget(id);
      throw failure.with({ hint: 'Nothing was posted.' });
    }
    this.#forget(id);
    return id;
  }

  async #bring(source: Source, call: Call): Promise<{ id: string; state: MediaState }> {
    call.progress('bringing the video to PostEverywhere');
    return source.kind === 'url'
      ? importUrl(this.#http, source.url, call)
      : uploadFile(this.#http, source.file, call);
  }

  async #wait(id: string, source: Source, waiting: { call: Call; deadline: number }): Promise<void> {
    const notFound = 'The video is not in the library of PostEverywhere any more.';
    const request = { path: path`/media/${id}`, schema: answerOf(MediaState), notFound };
    const look = async () => {
      const state = await this.#http.read(request, waiting.call);
      return isReady(state, source) || undefined;
    };
    const message = 'waiting until PostEverywhere has the video ready';
    const ready = await until(look, { clock: this.#clock, message, ...waiting });
    if (ready) return;
    throw new Failure('unavailable', 'PostEverywhere does not have the video ready yet.', {
      hint: 'Nothing was posted. Make the same call again in a minute: it goes on waiting for the same video.',
    });
  }

  async #resume(source: Source): Promise<{ id: string; state: MediaState } | undefined> {
    if (this.#unready.size === 0) return undefined;
    const brought = this.#unready.get(await keyOf(source));
    if (!brought || this.#isOld(brought)) return undefined;
    return { id: brought.id, state: {} };
  }

  async #keep(source: Source, brought: Brought): Promise<void> {
    const old = [...this.#unready.values()].filter((one) => this.#isOld(one));
    for (const { id } of old) this.#forget(id);
    const key = await keyOf(source);
    if (this.#unready.get(key)?.id !== brought.id) this.#unready.set(key, brought);
  }

  #isOld({ since }: Brought): boolean {
    return this.#clock.now() - since > RESUMED_MS;
  }

  #forget(id: string): void {
    for (const [key, brought] of this.#unready) if (brought.id === id) this.#unready.delete(key);
  }
}

function sourceOf(content: Content): Source {
  if (content.kind !== 'clip') return content;
  throw new Failure('unsupported', 'PostEverywhere does not know the clips of OpenShorts.', {
    field: 'contentUrl',
  });
}

/** A file may have been changed under its path, so that its bytes tell whether it is the same. */
async function keyOf(source: Source): Promise<string> {
  if (source.kind === 'url') return source.url;
  const hash = createHash('sha256');
  for await (const chunk of source.file.read()) hash.update(chunk);
  return hash.digest('hex');
}

function isReady({ status, problem }: MediaState, { kind }: Source): boolean {
  if (status !== 'failed') return status === 'ready';
  const says = problem ? ` It says: "${quote(problem)}"` : '';
  throw new Failure('media_rejected', `PostEverywhere could not take the video.${says}`, {
    field: 'contentUrl',
    hint:
      kind === 'url'
        ? 'Nothing was posted. Download the video and pass the path of the local file, which is uploaded instead.'
        : 'Nothing was posted. PostEverywhere takes MP4 of up to 500 MB.',
  });
}
