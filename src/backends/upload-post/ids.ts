import { Failure } from '../../domain/failure.ts';
import { isPlatform, type Platform } from '../../domain/platform.ts';

/** The vendor knows a scheduled post by its job, and one that was sent at once by its request. */
export interface Reference {
  readonly kind: 'job' | 'request';
  readonly id: string;
}

export function toPostId({ kind, id }: Reference): string {
  return `${kind}/${id}`;
}

export function parsePostId(text: string): Reference {
  const [, kind, id] = /^(job|request)\/(.+)$/s.exec(text) ?? [];
  if ((kind === 'job' || kind === 'request') && id !== undefined) return { kind, id };
  throw noSuchPost();
}

export function noSuchPost(): Failure {
  return new Failure('not_found', 'Upload-Post has no such post.', {
    hint: 'It may have been cancelled: Upload-Post forgets those. list_posts shows what there is.',
  });
}

/** A profile holds at most one account per platform. */
export function toAccountId(profile: string, platform: Platform): string {
  return `${profile}/${platform}`;
}

export function profileOf(accountId: string): string {
  return accountId.slice(0, Math.max(0, accountId.lastIndexOf('/')));
}

/** Some of the vendor's pages still say `twitter`. */
export function toPlatform(text: string | null | undefined): Platform | undefined {
  if (text === 'twitter') return 'x';
  return text && isPlatform(text) ? text : undefined;
}

/** A scheduled post goes by its job even when it has run. */
export function toReference({
  job_id,
  request_id,
}: {
  readonly job_id?: string | null | undefined;
  readonly request_id?: string | null | undefined;
}): Reference | undefined {
  if (job_id) return { kind: 'job', id: job_id };
  return request_id ? { kind: 'request', id: request_id } : undefined;
}
