import { Agent, fetch } from 'undici';
import type { ManualClock } from '../support/clock.ts';
import { HttpError, PythonError } from './openshorts-errors.ts';
import { encodeForm, type Part } from './openshorts-multipart.ts';

interface VendorCall {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly apiKey: string;
  readonly parts?: readonly Part[];
}

interface VendorAnswer {
  readonly status: number;
  readonly text: string;
}

interface VendorProfile {
  readonly username: string;
  readonly social_accounts?: Record<string, unknown>;
}

interface VendorPost {
  readonly job_id: string;
  readonly profile_username: string;
  readonly scheduled_date: string;
}

/** The app opens a connection for every call. */
const dispatcher = new Agent({ pipelining: 0 });

const connectable = ['tiktok', 'instagram', 'youtube'];

/** The app's requests to Upload-Post. Their time-outs run on the emulators' clock. */
export class UploadPostClient {
  readonly #address: { readonly baseUrl: string };
  readonly #clock: ManualClock;

  constructor(address: { readonly baseUrl: string }, clock: ManualClock) {
    this.#address = address;
    this.#clock = clock;
  }

  async profiles(apiKey: string) {
    const answer = await this.#call({ method: 'GET', path: '/uploadposts/users', apiKey });
    if (answer.status !== 200) throw new HttpError(answer.status, `Failed to fetch user: ${answer.text}`);
    const { profiles = [] } = parse(answer) as { readonly profiles?: readonly VendorProfile[] };
    return profiles.map(toProfile);
  }

  /** Upload-Post lists every profile of the key: the app filters, and sorts the dates as text. */
  async scheduledOf(user: string, apiKey: string): Promise<VendorPost[]> {
    const answer = await this.#call({ method: 'GET', path: '/uploadposts/schedule', apiKey });
    refuse(answer);
    const body = parse(answer) as VendorPost[] | { scheduled_posts?: VendorPost[]; data?: VendorPost[] };
    const posts = Array.isArray(body) ? body : (body.scheduled_posts ?? body.data ?? []);
    return posts
      .filter((post) => post.profile_username === user)
      .sort((one, other) => (one.scheduled_date < other.scheduled_date ? -1 : 1));
  }

  async cancel(jobId: string, apiKey: string): Promise<void> {
    const path = `/uploadposts/schedule/${encodeURIComponent(jobId)}`;
    refuse(await this.#call({ method: 'DELETE', path, apiKey }));
  }

  async upload(parts: readonly Part[], apiKey: string): Promise<unknown> {
    const answer = await this.#call({ method: 'POST', path: '/upload', apiKey, parts });
    if (![200, 201, 202].includes(answer.status)) throw vendorError(answer);
    return parse(answer);
  }

  async #call({ method, path, apiKey, parts }: VendorCall): Promise<VendorAnswer> {
    const overdue = new AbortController();
    const answered = new AbortController();
    const form = parts && encodeForm(parts);
    const timeoutMs = form ? 120_000 : 30_000;
    void this.#clock.sleep(timeoutMs, answered.signal).then(() => overdue.abort());
    try {
      const response = await fetch(`${this.#address.baseUrl}${path}`, {
        method,
        headers: {
          authorization: `Apikey ${apiKey}`,
          ...(form ? { 'content-type': form.contentType } : {}),
        },
        body: form?.bytes ?? null,
        redirect: 'manual',
        signal: overdue.signal,
        dispatcher,
      });
      return { status: response.status, text: await response.text() };
    } catch (error) {
      throw new PythonError(overdue.signal.aborted ? 'The read operation timed out' : words(error));
    } finally {
      answered.abort();
    }
  }
}

/** Any object counts as connected, an empty one and one that must be connected anew included. */
function toProfile({ username, social_accounts = {} }: VendorProfile) {
  const connected = connectable.filter(
    (platform) => typeof social_accounts[platform] === 'object' && social_accounts[platform] !== null,
  );
  return { username, connected };
}

function parse({ text }: VendorAnswer): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new PythonError('Expecting value: line 1 column 1 (char 0)');
  }
}

function refuse(answer: VendorAnswer): void {
  if (answer.status >= 300) throw vendorError(answer);
}

function vendorError({ status, text }: VendorAnswer): HttpError {
  return new HttpError(status, `Vendor API Error: ${text}`);
}

/** What the app's HTTP client says when no usable answer comes. */
function words(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'ECONNREFUSED') return '[Errno 111] Connection refused';
  if (code === 'ECONNRESET') return '[Errno 104] Connection reset by peer';
  if (error instanceof Error && error.message === 'terminated') {
    return 'peer closed connection without sending complete message body';
  }
  return 'Server disconnected without sending a response.';
}
