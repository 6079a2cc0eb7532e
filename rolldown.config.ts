import { defineConfig } from 'rolldown';

/** Flat files that run by themselves. What is imported dynamically is a file of its own, read when it is needed. */
export default defineConfig({
  input: { airdate: 'src/main.ts' },
  platform: 'node',
  external: /^node:/,
  transform: { target: 'node20' },
  output: {
    dir: 'dist',
    format: 'esm',
    minify: true,
    cleanDir: true,
    entryFileNames: '[name].js',
    chunkFileNames: '[name].js',
  },
});
