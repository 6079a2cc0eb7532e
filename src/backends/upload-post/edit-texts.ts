import type { PostEdit } from '../../domain/backend.ts';
import { Failure } from '../../domain/failure.ts';
import type { Warning } from '../../domain/post.ts';
import { toAccountId } from './ids.ts';
import type { Label, Placement } from './label.ts';
import { titleIsTitle } from './texts.ts';

export interface EditBody {
  readonly title?: string;
  readonly caption?: string;
  readonly scheduled_date?: string;
}

/** Puts new texts where the old ones stand. What an edit cannot reach is refused, or told where only a part of it is. */
export function placeEdit(
  { caption, title }: Pick<PostEdit, 'caption' | 'title'>,
  label: Label | undefined,
): { body: EditBody; warnings: readonly Warning[] } {
  if (caption === undefined && title === undefined) return { body: {}, warnings: [] };
  if (!label) {
    const body = { ...(title !== undefined && { title }), ...(caption !== undefined && { caption }) };
    return { body, warnings: [NOT_OURS] };
  }
  const { placements } = label;
  const plain = titleIsTitle(placements.map(({ platform }) => platform));
  if (title !== undefined && (!plain || placements.every(({ ownTitle }) => ownTitle)))
    throw titleOutOfReach(label);
  if (caption !== undefined && placements.every(({ ownCaption }) => ownCaption)) throw captionsOutOfReach();
  return {
    body: {
      ...(caption !== undefined && (plain ? { caption } : { title: caption, caption })),
      ...(title !== undefined && { title }),
    },
    warnings: [
      ...(caption === undefined ? [] : kept('caption', label, ({ ownCaption }) => ownCaption)),
      ...(title === undefined ? [] : kept('title', label, ({ ownTitle }) => ownTitle)),
    ],
  };
}

const NOT_OURS: Warning = {
  code: 'texts_may_stay',
  message:
    'Airdate did not make this post: where an account was given a text of its own, that one stays, and Upload-Post does not tell where.',
};

function kept(what: 'caption' | 'title', label: Label, isOwn: (placement: Placement) => boolean): Warning[] {
  const own = label.placements.filter(isOwn).map(({ platform }) => platform);
  if (own.length === 0) return [];
  const message = `${own.join(', ')} had a ${what} apart from the common one; it stays as it was: Upload-Post cannot change it.`;
  return [
    {
      code: `${what}_kept`,
      message,
      accountIds: own.map((platform) => toAccountId(label.profile, platform)),
    },
  ];
}

function titleOutOfReach({ placements }: Label): Failure {
  const titled = placements.filter(({ ownTitle }) => ownTitle).map(({ platform }) => platform);
  const why =
    titled.length > 0
      ? `The title on ${titled.join(', ')} stands apart from the caption of the others, and Upload-Post cannot change it.`
      : 'None of its accounts takes a title.';
  return new Failure('unsupported', why, {
    field: 'title',
    hint: titled.length > 0 ? 'Cancel the post and make it anew.' : 'Change the caption instead.',
  });
}

function captionsOutOfReach(): Failure {
  return new Failure(
    'unsupported',
    'Every account of the post has a caption of its own, and Upload-Post cannot change those.',
    { field: 'caption', hint: 'Cancel the post and make it anew.' },
  );
}
