import type { ZodType } from 'zod';
import type { PlannedRequest } from '../domain/backend.ts';
import type { Call } from '../domain/call.ts';
import type { Clock } from '../domain/clock.ts';
import { mask } from '../domain/mask.ts';
import { Courier, type Delivery } from './delivery.ts';
import { describePayload, encodePayload, type Payload } from './payload.ts';
import { checkUploadUrl, judgeUpload } from './upload.ts';
import type { Vendor } from './vendor.ts';
import { judge, type Repeat } from './verdict.ts';

type QueryValue = string | number | boolean | readonly string[] | undefined;

interface Read<Value> {
  /** Under the base URL, from its slash, ids escaped. */
  readonly path: string;
  readonly query?: Readonly<Record<string, QueryValue>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** What a 2xx must look like. An answer without a body is `undefined`. */
  readonly schema: ZodType<Value>;
  readonly deadlineMs?: number | undefined;
  /** The message of a `not_found`: only the adapter knows what the path names. */
  readonly notFound?: string | undefined;
}

export interface Write<Value> extends Read<Value> {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly body?: Payload;
  /** `never`, unless said otherwise. */
  readonly repeat?: Repeat;
}

interface Upload {
  /** As the vendor named it. Its own headers do not go there. */
  readonly url: string;
  readonly method: 'PUT' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: Payload;
}

export interface Http extends AsyncDisposable {
  /** Sent again, within 10 s, while what fails may be over in a moment. Given up when `call.signal` fires. */
  read<Value>(request: Read<Value>, call: Call): Promise<Value>;
  /**
   * Sent once. It may have happened if, and only if, the Failure is `outcome_unknown`. `call.signal` stops it only as
   * long as nothing of it has been sent.
   */
  write<Value>(request: Write<Value>, call: Call): Promise<Value>;
  /** Bytes for a vendor's storage, for as long as they move. Publishes nothing, so it is never `outcome_unknown`. */
  upload(upload: Upload, call: Call): Promise<void>;
  /** The write as a dry run shows it, without secrets. */
  plan(request: Omit<Write<unknown>, 'schema'>): Omit<PlannedRequest, 'accountIds'>;
  /** Requests that are under way come to their end first. */
  close(): Promise<void>;
}

export interface HttpSettings {
  readonly clock: Clock;
  /** Requests at once; files have a lane of their own. */
  readonly concurrency?: number;
  readonly deadlineMs?: number;
  readonly connectMs?: number;
}

const OWN_HEADERS = { accept: 'application/json', 'accept-encoding': 'identity', 'user-agent': 'airdate' };

/** The way to one vendor. */
export function openHttp(vendor: Vendor, settings: HttpSettings): Http {
  const { clock, concurrency = 4, deadlineMs = 30_000, connectMs = 10_000 } = settings;
  const courier = new Courier(vendor, { clock, concurrency, connectMs });

  function toDelivery<Value>(request: Omit<Write<Value>, 'method'> & { method: string }): Delivery<Value> {
    const { schema, notFound, repeat = 'never', method, body } = request;
    return {
      method,
      url: toUrl(vendor, request),
      headers: { ...OWN_HEADERS, ...lowerCase(vendor.headers), ...lowerCase(request.headers) },
      payload: body && encodePayload(body),
      repeat,
      deadlineMs: request.deadlineMs ?? deadlineMs,
      gated: true,
      judge: (outcome) => judge(vendor, outcome, { schema, repeat, notFound, now: clock.now() }),
    };
  }

  return {
    read: (request, call) =>
      courier.deliver(toDelivery({ ...request, method: 'GET', repeat: 'harmless' }), call),
    write: (request, call) => courier.deliver(toDelivery(request), call),
    async upload({ url, method, headers, body }, call) {
      const payload = encodePayload(body);
      const delivery: Delivery<void> = {
        method,
        url: checkUploadUrl(vendor, url),
        headers: {},
        payload: { ...payload, headers: { ...payload.headers, ...lowerCase(headers) } },
        repeat: 'harmless',
        deadlineMs,
        gated: false,
        judge: (outcome) => judgeUpload(vendor, outcome),
      };
      return courier.deliver(delivery, call);
    },
    plan: (request) => ({
      method: request.method,
      url: mask(toUrl(vendor, request).href, vendor.secrets),
      body: maskAll(describePayload(request.body), vendor.secrets),
    }),
    close: () => courier.close(),
    [Symbol.asyncDispose]: () => courier.close(),
  };
}

function toUrl(vendor: Vendor, { path, query = {} }: Pick<Read<unknown>, 'path' | 'query'>): URL {
  const url = new URL(vendor.baseUrl + path);
  for (const [name, value] of Object.entries(query))
    for (const each of Array.isArray(value) ? value : [value])
      if (each !== undefined) url.searchParams.append(name, String(each));
  return url;
}

function lowerCase(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function maskAll(body: unknown, secrets: readonly string[]): unknown {
  return JSON.parse(JSON.stringify(body), (_, value: unknown) =>
    typeof value === 'string' ? mask(value, secrets) : value,
  );
}
