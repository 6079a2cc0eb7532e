import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { VendorEmulator } from '../emulators/emulator.ts';
import { openInfinipostEmulator } from '../emulators/infinipost.ts';
import { openOpenshortsEmulator } from '../emulators/openshorts.ts';
import { openPosteverywhereEmulator } from '../emulators/posteverywhere.ts';
import { openUploadPostEmulator } from '../emulators/upload-post.ts';
import { ManualClock } from '../support/clock.ts';
import { openWebhookSink, WEBHOOK_SECRET, type WebhookSink } from '../support/webhook-sink.ts';

/** A request as it came to a vendor, before anything of it was changed. */
interface Seen {
  readonly method: string;
  readonly path: string;
  /** Head and body. */
  readonly text: string;
}

/** Where a vendor puts texts of its own, or texts that somebody else gave it. */
const TEXTS = new Set([
  'caption',
  'content',
  'detail',
  'error',
  'error_message',
  'message',
  'name',
  'reason',
]);
/** Words of a protocol, which say nothing: to change them is to change what is meant. */
const WORD = /^[\w-]*$/;

interface Quoting {
  /** The key that Airdate sends; the emulator is given its own. */
  readonly key: string;
  /** What is put behind every text. */
  readonly quote: string;
}

/** Stands before a vendor's emulator, keeps what it was sent, and adds to every text of its answers. */
class QuotingVendor implements AsyncDisposable {
  readonly seen: Seen[] = [];
  readonly emulator: VendorEmulator;
  readonly #quoting: Quoting;
  readonly #server = createServer((request, response) => {
    this.#pass(request, response).catch(() => response.destroy());
  });

  constructor(emulator: VendorEmulator, quoting: Quoting) {
    this.emulator = emulator;
    this.#quoting = quoting;
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get baseUrl(): string {
    return this.#outside(this.emulator.baseUrl);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await this.emulator[Symbol.asyncDispose]();
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>));
    const { method = 'GET', url = '/', headers } = request;
    this.seen.push({
      method,
      path: url,
      text: `${url}\n${JSON.stringify(headers)}\n${body.toString('latin1')}`,
    });
    const { host: _, connection: __, 'content-length': ___, ...sent } = headers;
    const passed = Object.entries(sent).map(([name, value]): [string, string] => [
      name,
      String(value).replaceAll(this.#quoting.key, this.emulator.apiKey),
    ]);
    const answer = await fetch(new URL(url, this.emulator.server.url), {
      method,
      headers: passed,
      redirect: 'manual',
      ...(body.length > 0 && { body }),
    });
    const text = this.#outside(await answer.text());
    const kind = answer.headers.get('content-type') ?? 'application/json';
    response.writeHead(answer.status, { 'content-type': kind }).end(this.#quoted(text));
  }

  #outside(text: string): string {
    return text.replaceAll(this.emulator.server.url, this.url);
  }

  #quoted(text: string): string {
    try {
      const quoted = JSON.stringify(JSON.parse(text), (name, value: unknown) =>
        typeof value === 'string' && TEXTS.has(name) && !WORD.test(value)
          ? `${value} ${this.#quoting.quote}`
          : value,
      );
      // As PHP writes it.
      return quoted.replaceAll('/', '\\/');
    } catch {
      return `${text} ${this.#quoting.quote}`;
    }
  }
}

export interface World extends AsyncDisposable {
  readonly vendors: Readonly<
    Record<'infinipost' | 'posteverywhere' | 'upload-post' | 'openshorts', QuotingVendor>
  >;
  readonly webhook: WebhookSink;
  /** A finished clip. */
  readonly clip: string;
  /** Everything that turns the vendors on, the webhook aside. */
  readonly environment: Readonly<Record<string, string>>;
  readonly webhookEnvironment: Readonly<Record<string, string>>;
  /** What must be seen nowhere. */
  readonly secrets: readonly string[];
  /** Everything that was sent to anybody. */
  sent(): string[];
}

/** Of a key that JSON spells in several ways, the piece that is the same in all of them. */
const PIECE = 'infinipost_0f3b9c7d21';
const KEYS = {
  infinipost: `sk_"canary"\\of/${PIECE}\\`,
  posteverywhere: 'pe_live_canary_51c7ab90de44',
  'upload-post': 'canary-upload-post-77ea1130bb',
} as const;
/** Some receivers are known by a secret in their address. */
const WEBHOOK_TOKEN = 'canary0webhook0token0c41d';

/** Every vendor on loopback. `quote` is what each of them puts behind its texts: the key, unless something else is. */
export async function openWorld(quote?: string): Promise<World> {
  const stack = new AsyncDisposableStack();
  const clock = new ManualClock(Date.now());
  const ticking = setInterval(() => clock.set(Date.now()), 100);
  stack.defer(() => clearInterval(ticking));
  const stand = async (emulator: VendorEmulator, key: string) =>
    stack.use(await new QuotingVendor(emulator, { key, quote: quote ?? key }).listen());
  const uploadPost = await openUploadPostEmulator({ clock });
  const clips = await openOpenshortsEmulator({ uploadPost });
  const vendors = {
    infinipost: await stand(await openInfinipostEmulator({ clock }), KEYS.infinipost),
    posteverywhere: await stand(
      await openPosteverywhereEmulator({ clock, requestsPerMinute: 1_000 }),
      KEYS.posteverywhere,
    ),
    'upload-post': await stand(uploadPost, KEYS['upload-post']),
    openshorts: await stand(clips, KEYS['upload-post']),
  };
  const webhook = stack.use(await openWebhookSink());
  const { AIRDATE_WEBHOOK_URL, AIRDATE_WEBHOOK_SECRET } = webhook.environment;
  return {
    vendors,
    webhook,
    clip: `openshorts:${clips.jobs.completed}/0`,
    environment: {
      INFINIPOST_API_KEY: KEYS.infinipost,
      INFINIPOST_BASE_URL: vendors.infinipost.baseUrl,
      POSTEVERYWHERE_API_KEY: KEYS.posteverywhere,
      POSTEVERYWHERE_BASE_URL: vendors.posteverywhere.baseUrl,
      UPLOAD_POST_API_KEY: KEYS['upload-post'],
      UPLOAD_POST_BASE_URL: vendors['upload-post'].baseUrl,
      OPENSHORTS_URL: vendors.openshorts.baseUrl,
    },
    webhookEnvironment: {
      AIRDATE_WEBHOOK_URL: `${AIRDATE_WEBHOOK_URL}?token=${WEBHOOK_TOKEN}`,
      AIRDATE_WEBHOOK_SECRET,
    },
    secrets: [...Object.values(KEYS), PIECE, WEBHOOK_SECRET, WEBHOOK_TOKEN],
    sent: () => [
      ...Object.values(vendors).flatMap(({ seen }) => seen.map(({ text }) => text)),
      ...webhook.requests.map(({ headers, bytes }) => JSON.stringify(headers) + bytes.toString('latin1')),
    ],
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
