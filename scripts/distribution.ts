import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { rolldown } from 'rolldown';
import config from '../rolldown.config.ts';
import { thirdParty } from './third-party.ts';

const root = resolve(import.meta.dirname, '..');

/** Builds what is given to others: the program, as one file or as it is configured, and the licences of what is in it. */
export async function writeDistribution(folder: string, { asOneFile = false } = {}): Promise<void> {
  const { output, ...input } = config;
  await using build = await rolldown({ ...input, cwd: root });
  const written = await build.write({ ...output, dir: folder, codeSplitting: !asOneFile });
  const chunks = written.output.filter((part) => part.type === 'chunk');
  const modules = chunks.flatMap(({ modules }) =>
    Object.entries(modules)
      .filter(([, { renderedLength }]) => renderedLength > 0)
      .map(([id]) => id),
  );
  writeFileSync(join(folder, 'THIRD-PARTY.md'), thirdParty(modules));
}

if (import.meta.main) await writeDistribution(join(root, 'dist'));
