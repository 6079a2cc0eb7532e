#!/usr/bin/env node
import './node-version.ts';
import module from 'node:module';
import { umask } from 'node:process';
import { isMainThread } from 'node:worker_threads';
import envPaths from 'env-paths';

if (isMainThread) {
  // Whatever is written holds what people plan to publish: files are the user's alone, the cache of code above all.
  umask(0o077);

  // Most of a start is the compiling of what is started. The cache is in the user's own folder: whoever can write it can
  // put code into the program, so it is not left to the folder for temporary files.
  module.enableCompileCache(envPaths('airdate', { suffix: '' }).cache);

  const { start } = await import('./start.ts');
  await start();
} else {
  // Built, the program is also what it starts as a thread: see media/read-apart.ts.
  await import('./media/read-facts.ts');
}
