import type { Backend, VideoOrder } from '../../domain/backend.ts';
import { optionWarnings } from '../../domain/carried.ts';
import { Failure } from '../../domain/failure.ts';
import type { Warning } from '../../domain/post.ts';
import type { LocalAccount } from './settings.ts';

/** What will not reach the platform through the vendors that publish for local accounts. Throws where nothing would. */
export function relayWarnings(
  { accounts, content, options, soundId }: Pick<VideoOrder, 'accounts' | 'content' | 'options' | 'soundId'>,
  configured: readonly LocalAccount[],
  vendors: readonly Backend[],
): Warning[] {
  return accounts.flatMap(({ id, platform }) => {
    const relay = configured.find((account) => account.id === id)?.relay;
    const vendor = vendors.find(({ name }) => name === relay?.backend);
    if (!vendor) return [];
    if (!vendor.capabilities.content.includes(content.kind)) throw cannotTake(id, vendor, content.kind);
    const sound = {
      code: 'sound_ignored',
      message: `${vendor.name} publishes for ${id} without the sound.`,
      accountIds: [id],
    };
    return [
      ...(soundId === undefined ? [] : [sound]),
      ...optionWarnings(vendor, options, [platform]).map((warning) => ({ ...warning, accountIds: [id] })),
    ];
  });
}

function cannotTake(accountId: string, { name, capabilities }: Backend, kind: string): Failure {
  return new Failure(
    'unsupported',
    `${accountId} publishes through ${name}, which cannot take a video by ${kind}.`,
    {
      field: 'contentUrl',
      hint: `${name} takes: ${capabilities.content.join(', ')}.`,
    },
  );
}
