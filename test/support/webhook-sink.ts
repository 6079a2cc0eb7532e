import { Webhook } from 'standardwebhooks';
import type { Moment } from '../../src/domain/air-time.ts';
import { type Answer, EmulatorServer, type Fault, type Received } from '../emulators/emulator.ts';

export const WEBHOOK_SECRET = `whsec_${Buffer.from('a secret of thirty-two letters!!').toString('base64')}`;
/** How far a signature's time may be off, as the Standard Webhooks libraries have it. */
const TOLERANCE_SECONDS = 5 * 60;

interface DueMessage {
  readonly type: string;
  readonly timestamp: string;
  readonly data: {
    readonly postId: string;
    readonly accountId: string;
    readonly caption?: string;
    readonly airTime: Moment;
    readonly [more: string]: unknown;
  };
}

export interface Publication {
  readonly key: string;
  readonly message: DueMessage;
  readonly url: string;
}

export interface SinkOptions {
  /** The time by which a signature is judged. */
  readonly now?: () => number;
  /** Whether the same key again is answered with the first answer, and counts once. */
  readonly honoursKeys?: boolean;
}

/** A receiver of due posts which publishes what it accepts: `published` is what the world sees. */
export class WebhookSink implements AsyncDisposable {
  readonly published: Publication[] = [];
  readonly server: EmulatorServer;
  readonly #signer = new Webhook(WEBHOOK_SECRET);
  readonly #now: () => number;
  readonly #honoursKeys: boolean;
  readonly #known = new Map<string, { readonly body: string; readonly answer: Answer }>();
  #receipt: Partial<Answer> = {};

  constructor({ now = Date.now, honoursKeys = true }: SinkOptions = {}) {
    this.#now = now;
    this.#honoursKeys = honoursKeys;
    this.server = new EmulatorServer((request) => this.#receive(request));
  }

  /** The settings that make local accounts publish here. */
  get environment(): { AIRDATE_WEBHOOK_URL: string; AIRDATE_WEBHOOK_SECRET: string } {
    return { AIRDATE_WEBHOOK_URL: `${this.server.url}/due`, AIRDATE_WEBHOOK_SECRET: WEBHOOK_SECRET };
  }

  /** Everything that was sent here, refused or not. */
  get requests(): readonly Received[] {
    return this.server.requests;
  }

  /** The key of every request, in order. */
  get keys(): string[] {
    return this.requests.map(({ headers }) => headers['idempotency-key'] ?? '');
  }

  captions(): (string | undefined)[] {
    return this.published.map(({ message }) => message.data.caption);
  }

  /** The next `times` requests meet the fault. */
  fail(fault: Fault, times = 1): void {
    this.server.fail(fault, () => true, times);
  }

  /** Answers what is accepted from now on in another way. */
  answerWith(receipt: Partial<Answer>): void {
    this.#receipt = receipt;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.stop();
  }

  #receive(request: Received): Answer {
    const { headers, bytes, json } = request;
    const body = bytes.toString('utf8');
    const key = headers['idempotency-key'] ?? '';
    if (request.method !== 'POST' || request.path !== '/due') return refused(404, 'There is nothing here.');
    if (headers['content-type'] !== 'application/json' || json === undefined)
      return refused(415, 'JSON only.');
    if (key === '' || headers['webhook-id'] !== key) return refused(400, 'The key and the id differ.');
    if (!this.#signed(headers, body)) return refused(401, 'The signature does not fit.');
    const known = this.#honoursKeys ? this.#known.get(key) : undefined;
    if (known) return known.body === body ? known.answer : refused(422, 'The key is of another message.');
    const url = `https://video.example/${this.published.length + 1}`;
    this.published.push({ key, message: json as DueMessage, url });
    const answer = { status: 200, body: { url }, ...this.#receipt };
    this.#known.set(key, { body, answer });
    return answer;
  }

  #signed(headers: Received['headers'], body: string): boolean {
    const seconds = Number(headers['webhook-timestamp']);
    if (!(Math.abs(this.#now() / 1000 - seconds) <= TOLERANCE_SECONDS)) return false;
    const expected = this.#signer.sign(headers['webhook-id'] ?? '', new Date(seconds * 1000), body);
    return headers['webhook-signature']?.split(' ').includes(expected) ?? false;
  }
}

export async function openWebhookSink(options: SinkOptions = {}): Promise<WebhookSink> {
  const sink = new WebhookSink(options);
  await sink.server.listen();
  return sink;
}

function refused(status: number, message: string): Answer {
  return { status, body: { message } };
}
