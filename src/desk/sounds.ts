import { randomUUID } from 'node:crypto';
import type { Backend } from '../domain/backend.ts';
import { type Call, OWN_TENANT } from '../domain/call.ts';
import { Failure } from '../domain/failure.ts';
import type { BackendName } from '../domain/handle.ts';
import type { Sound } from '../domain/sound.ts';
import { toSoundAnswer } from './answers.ts';
import { type OpenContent, openContent } from './content.ts';
import { backendNamed, checkCan, checkVerb, type Desk } from './desk.ts';
import { hashOf } from './hash.ts';
import { walkBackends } from './walk.ts';

interface UploadWanted {
  readonly soundUrl: string;
  readonly name?: string | undefined;
  readonly backend?: BackendName | undefined;
}

/** Keeps a sound on one backend. The same upload within a day answers the sound that is there. */
export async function uploadSound(desk: Desk, { soundUrl, name, backend: asked }: UploadWanted, call: Call) {
  const backend = asked ? backendNamed(desk, asked, 'backend') : soundBackend(desk);
  checkVerb(desk, backend, 'upload_sound');
  const asFile = { field: 'soundUrl', kind: 'audio', caller: call.caller } as const;
  await using open = await openContent(desk, soundUrl, asFile);
  try {
    return await keepSound(desk, backend, { open, soundUrl, name }, call);
  } catch (thrown) {
    throw asked === undefined ? whereElse(desk, backend, Failure.from(thrown)) : thrown;
  }
}

interface Keeping {
  readonly open: OpenContent;
  readonly soundUrl: string;
  readonly name: string | undefined;
}

async function keepSound(desk: Desk, backend: Backend, { open, soundUrl, name }: Keeping, call: Call) {
  if (open.content.kind === 'file') {
    checkCan(desk, backend, {
      what: 'take a sound from a local file',
      can: ({ content }) => content.includes('file'),
    });
  }
  const details = {
    tenant: call.caller.tenant,
    backend: backend.name,
    soundUrl,
    name,
    bytes: open.content.kind === 'file' ? open.content.file.bytes : undefined,
  };
  const hash = hashOf(details);
  const { result } = await desk.ledger.write<Sound>(
    {
      scope: `print:${hash}`,
      part: backend.name,
      tool: 'upload_sound',
      backend: backend.name,
      argumentsHash: hash,
      details,
      requestId: randomUUID(),
      caller: call.caller,
    },
    { send: () => backend.uploadSound({ content: open.content, ...(name !== undefined && { name }) }, call) },
  );
  return { sound: toSoundAnswer(desk, backend.name, result) };
}

/** A vendor that was not asked for by name says that it is the one, and that the local backend takes what it refused. */
function whereElse(desk: Desk, backend: Backend, failure: Failure): Failure {
  const { code, message, details, cause } = failure;
  const local = desk.backends.get('local');
  const isRefused = code === 'invalid_parameter' || code === 'media_rejected' || code === 'unsupported';
  if (!isRefused || !local || backend === local) return failure;
  return new Failure(code, `${message} No backend was named, so ${backend.name} was asked.`, {
    ...details,
    field: 'backend',
    candidates: [
      { value: 'local', why: 'for posts on its own accounts it takes files and any audio address' },
    ],
    cause,
  });
}

/** The one vendor that takes sounds, else the local backend. */
function soundBackend(desk: Desk): Backend {
  const able = [...desk.backends.values()].filter(
    ({ capabilities }) => capabilities.tools.upload_sound === true,
  );
  const vendors = able.filter(({ name }) => name !== 'local');
  const [only] = vendors.length > 0 ? vendors : able;
  if (only && vendors.length < 2) return only;
  throw new Failure(
    'invalid_parameter',
    'Several backends take sounds; a sound can be used on its own backend only.',
    {
      field: 'backend',
      candidates: able.map(({ name, capabilities }) => ({
        value: name,
        why: `sounds for ${capabilities.soundPlatforms.join(', ')}`,
      })),
      hint: 'Name the backend whose accounts the sound is for.',
    },
  );
}

interface ListWanted {
  readonly backend?: BackendName | undefined;
  readonly query?: string | undefined;
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

/** One page of sounds, out of every backend that lists them. */
export async function listSounds(desk: Desk, { limit = 20, cursor, ...filters }: ListWanted, call: Call) {
  const named = filters.backend && backendNamed(desk, filters.backend, 'backend');
  if (named) checkVerb(desk, named, 'list_sounds');
  const able = [...desk.backends.values()].filter(
    ({ name, capabilities }) => capabilities.tools.list_sounds === true && keepsApart(name, call),
  );
  if (named && !able.includes(named)) throw sharedSounds(named);
  const { rows, ...rest } = await walkBackends({
    backends: named ? [named] : able,
    limit,
    cursor,
    filters: { list: 'sounds', tenant: call.caller.tenant, ...filters },
    read: (backend, page) =>
      backend.listSounds({ ...page, ...(filters.query && { query: filters.query }) }, call),
    show: async (backend, sounds) => sounds.map((sound) => toSoundAnswer(desk, backend.name, sound)),
  });
  return { sounds: rows, ...rest };
}

/** A vendor's sounds are those of its whole workspace: only its own tenant sees them. */
function keepsApart(backend: BackendName, { caller }: Call): boolean {
  return backend === 'local' || caller.tenant === OWN_TENANT;
}

function sharedSounds(backend: Backend): Failure {
  return new Failure(
    'forbidden',
    `The sounds of ${backend.name} belong to everyone who uses its key; this token may not list them.`,
    {
      field: 'backend',
      backend: backend.name,
      hint: 'Use the soundId that upload_sound answers.',
    },
  );
}
