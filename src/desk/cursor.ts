import { z } from 'zod';
import { Failure } from '../domain/failure.ts';
import { BACKENDS, type BackendName } from '../domain/handle.ts';
import { hashOf } from './hash.ts';

/** A place in a walk through several backends: which one, and where in it. */
export interface Place {
  readonly backend: BackendName;
  /** The backend's own cursor; absent at its beginning. */
  readonly cursor?: string;
}

const Wire = z.strictObject({ b: z.enum(BACKENDS), c: z.string().optional(), f: z.string() });

/** A cursor is bound to the filters that it was made for. */
export function toCursor({ backend, cursor }: Place, filters: unknown): string {
  return Buffer.from(JSON.stringify({ b: backend, c: cursor, f: printOf(filters) })).toString('base64url');
}

export function parseCursor(text: string, filters: unknown): Place {
  const wire = Wire.safeParse(decode(text));
  if (!wire.success) throw refused('The cursor is not one that Airdate gave out.');
  if (wire.data.f !== printOf(filters)) throw refused('The cursor was made for other filters.');
  const { b: backend, c: cursor } = wire.data;
  return { backend, ...(cursor !== undefined && { cursor }) };
}

function decode(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

function printOf(filters: unknown): string {
  return hashOf(filters).slice(0, 8);
}

function refused(message: string): Failure {
  return new Failure('invalid_parameter', message, {
    field: 'cursor',
    hint: 'Pass nextCursor of the page before with the same filters, or leave cursor out to begin anew.',
  });
}
