import { createHash } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { z } from 'zod';
import { Failure, type FailureCode, quote } from '../../domain/failure.ts';
import { maskWhole } from '../../domain/mask.ts';
import { retryAfterSeconds } from '../retry-after.ts';
import { duePayload } from './payload.ts';
import type { Outcome, Publisher } from './publisher.ts';

const DEADLINE_MS = 30_000;
const LARGEST_ANSWER = 64 * 1024;

/** A receiver may say where the post can be seen. */
const Receipt = z.object({ url: z.url({ protocol: /^https?$/ }).max(2000) });

/** Publishes by a signed POST (https://www.standardwebhooks.com); the id of the message is the idempotency key. */
export function webhook({ url, secret }: { readonly url: string; readonly secret: string }): Publisher {
  const signer = new Webhook(secret);
  const secrets = [secret, ...secretsIn(url)];
  const receiver = createHash('sha256').update(url).digest('hex').slice(0, 12);
  return {
    label: 'webhook',
    receiver,
    simulated: false,
    honoursKey: true,
    plan: () => ({ method: 'POST', url: withoutSecrets(url) }),
    async publish(delivery) {
      // Only the receiver that may have it knows its key.
      if (delivery.sentTo.some((other) => other !== receiver)) return sentElsewhere();
      const body = JSON.stringify(duePayload(delivery));
      const sentAt = new Date(delivery.now);
      const { idempotencyKey, signal } = delivery;
      const headers = {
        'content-type': 'application/json',
        'idempotency-key': idempotencyKey,
        'webhook-id': idempotencyKey,
        'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1000)),
        'webhook-signature': signer.sign(idempotencyKey, sentAt, body),
      };
      return send(url, {
        body,
        headers,
        secrets,
        now: delivery.now,
        signal: AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]),
      });
    },
  };
}

function sentElsewhere(): Outcome {
  const failure = new Failure(
    'outcome_unknown',
    'An earlier try went to another receiver than AIRDATE_WEBHOOK_URL names now, and that one may have published it; it was not sent to this one.',
    {
      hint: 'Look whether it is live. If it is not, set AIRDATE_WEBHOOK_URL back and call retry_post, or create the post anew with a new idempotencyKey.',
    },
  );
  return { outcome: 'refused', failure, retryable: false };
}

/** What of a path is a word, and no secret by which a receiver is known. */
const WORD = /^[a-z_-]{0,12}$/i;

function withoutSecrets(address: string): string {
  const { origin, pathname } = new URL(address);
  const shown = pathname.split('/').map((part) => (WORD.test(part) ? part : '…'));
  return `${origin}${shown.join('/')}`;
}

function secretsIn(address: string): string[] {
  const { username, password, pathname, searchParams } = new URL(address);
  return [
    username,
    password,
    ...searchParams.values(),
    ...pathname.split('/').filter((part) => !WORD.test(part)),
  ];
}

interface Message {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Taken out of what the receiver says. */
  readonly secrets: readonly string[];
  readonly now: number;
  readonly signal: AbortSignal;
}

async function send(url: string, { now, secrets, ...message }: Message): Promise<Outcome> {
  const { Agent, request } = await import('undici');
  const dispatcher = new Agent({
    allowH2: false,
    maxResponseSize: LARGEST_ANSWER,
    connect: { timeout: 10_000 },
  });
  try {
    const { statusCode, headers, body } = await request(url, { method: 'POST', dispatcher, ...message });
    const text = await body.text().catch(() => '');
    return judge(statusCode, maskWhole(text, secrets), retryAfterSeconds(headers, now));
  } catch (error) {
    return silence(error);
  } finally {
    void dispatcher.destroy();
  }
}

const NEVER_LEFT = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
];

function silence(error: unknown): Outcome {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (!NEVER_LEFT.includes(code)) {
    const failure = new Failure('outcome_unknown', 'The webhook gave no answer.', { cause: error });
    return { outcome: 'unknown', failure };
  }
  const failure = new Failure('unavailable', `The webhook cannot be reached (${code}).`, {
    hint: 'Start the receiver, or mend AIRDATE_WEBHOOK_URL; then call retry_post.',
    cause: error,
  });
  return { outcome: 'refused', failure, retryable: true };
}

/** The receiver honours the key, so whatever may pass later is tried again; any other refusal is final. */
function judge(status: number, text: string, seconds: number | undefined): Outcome {
  if (status >= 200 && status < 300) return { outcome: 'published', ...receiptUrl(text) };
  const upstream = { status };
  const pause = seconds === undefined ? {} : { retryAfterSeconds: seconds };
  if (status >= 500) {
    const failure = new Failure('outcome_unknown', `The webhook answered ${status}.`, { upstream });
    return { outcome: 'unknown', failure, ...pause };
  }
  const retryable = status === 408 || status === 425 || status === 429;
  const said = text ? `: "${quote(text)}"` : '';
  const failure = new Failure(
    retryable ? 'rate_limited' : codeOf(status),
    `The webhook refused the post with ${status}${said}`,
    { upstream, ...(!retryable && { hint: status < 400 ? MOVED : EITHER_WAY }) },
  );
  return { outcome: 'refused', failure, retryable, ...pause };
}

const MOVED = 'Set AIRDATE_WEBHOOK_URL to where the receiver is now, then call retry_post.';
const EITHER_WAY =
  'If what the receiver says is about itself, mend it, then call retry_post; if it is about the post, create the post anew with create_video_post.';

const CODES: Readonly<Record<number, FailureCode>> = {
  401: 'forbidden',
  403: 'forbidden',
  404: 'not_found',
  409: 'conflict',
  410: 'not_found',
  413: 'media_rejected',
  415: 'media_rejected',
};

function codeOf(status: number): FailureCode {
  return CODES[status] ?? (status < 400 ? 'not_found' : 'invalid_parameter');
}

function receiptUrl(text: string): { url?: string } {
  try {
    const receipt = Receipt.safeParse(JSON.parse(text));
    return receipt.success ? { url: receipt.data.url } : {};
  } catch {
    return {};
  }
}
