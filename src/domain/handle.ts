import { Failure } from './failure.ts';
import { nearest } from './nearest.ts';

/** Backends in the order in which lists walk through them. */
export const BACKENDS = ['infinipost', 'posteverywhere', 'upload-post', 'openshorts', 'local'] as const;
export type BackendName = (typeof BACKENDS)[number];

/** An id as an agent sees it, `backend:rest`. `rest` is the backend's own id and is opaque here. */
export interface Handle {
  readonly backend: BackendName;
  readonly rest: string;
}

export function toHandle(backend: BackendName, rest: string): string {
  return `${backend}:${rest}`;
}

const FORM = 'Ids of accounts look like local:tiktok and come from list_profiles.';
/** What ids look like that are none of an account, by the parameter that takes them. */
const FORMS: Readonly<Record<string, string>> = {
  postId: 'Ids of posts look like local:54glwsbnnwycev2l and come from create_video_post and list_posts.',
  soundId: 'Ids of sounds look like local:w4hfpq6gxn7u2c5k and come from upload_sound and list_sounds.',
};

/** Parses an id that an agent gave. `field` names the parameter in the failure. */
export function parseHandle(text: string, field: string): Handle {
  const colon = text.indexOf(':');
  const prefix = text.slice(0, Math.max(colon, 0));
  const rest = text.slice(colon + 1);
  const backend = BACKENDS.find((name) => name === prefix);
  if (backend && rest !== '') return { backend, rest };
  const close = colon > 0 ? nearest(prefix, BACKENDS) : undefined;
  throw new Failure('invalid_parameter', `"${text.slice(0, 80)}" is not an id that Airdate gave out.`, {
    field,
    issues: [{ path: field, message: 'expected an id of the form backend:rest' }],
    ...(close &&
      rest && { candidates: [{ value: toHandle(close, rest), why: `the backend is spelt ${close}` }] }),
    hint: `${FORMS[field] ?? FORM} The part before the colon is one of ${BACKENDS.join(', ')}.`,
  });
}
