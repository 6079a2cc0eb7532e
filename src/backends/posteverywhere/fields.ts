import { type ZodType, z } from 'zod';
import { isPlatform, type Platform } from '../../domain/platform.ts';

/** `{data, error, meta}`: a success has data. */
export function answerOf<Data>(data: ZodType<Data>): ZodType<Data> {
  return z.object({ data }).transform((answer) => answer.data);
}

export const Id = z.union([z.string(), z.number()]).transform(String);
export const text = z.string().nullish();
export const instant = text.transform(toInstant).optional();

export function fromWirePlatform(word: string): Platform | undefined {
  const name = word.toLowerCase();
  if (name === 'twitter') return 'x';
  return isPlatform(name) ? name : undefined;
}

/** The vendor's times are UTC, with or without the Z. */
function toInstant(value: string | null | undefined): number | undefined {
  if (!value) return undefined;
  const at = Date.parse(/(Z|[+-]\d{2}:?\d{2})$/i.test(value) ? value : `${value}Z`);
  return Number.isNaN(at) ? undefined : at;
}

/** Ids are numbers; an older page has them as text. */
export function toWireAccountId(id: string): number | string {
  return /^\d{1,15}$/.test(id) ? Number(id) : id;
}
