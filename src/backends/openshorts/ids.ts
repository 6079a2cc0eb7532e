import { Failure } from '../../domain/failure.ts';
import type { Reference } from '../upload-post/ids.ts';

/** A post of a profile, by the id that Upload-Post gave it: the app wants the profile with every question. */
export interface ClipPost {
  readonly profile: string;
  readonly reference: Reference;
}

export function toPostId({ profile, reference }: ClipPost): string {
  return `${profile}/${reference.kind}/${reference.id}`;
}

export function parsePostId(text: string): ClipPost {
  const [, profile, kind, id] = /^(.+)\/(job|request)\/([^/]+)$/s.exec(text) ?? [];
  if (profile !== undefined && (kind === 'job' || kind === 'request') && id !== undefined)
    return { profile, reference: { kind, id } };
  throw new Failure('not_found', 'OpenShorts has no such post.', {
    hint: 'Its posts are known by the ids that create_video_post answered.',
  });
}
