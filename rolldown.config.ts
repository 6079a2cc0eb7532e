import { defineConfig } from 'rolldown';

/** One file that runs by itself. What is imported dynamically is not run before it is needed. */
export default defineConfig({
  input: 'src/main.ts',
  platform: 'node',
  external: /^node:/,
  transform: { target: 'node20' },
  output: { file: 'dist/airdate.js', format: 'esm', minify: true, codeSplitting: false },
});
