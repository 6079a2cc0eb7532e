/** Loaded before the program (`node --expose-gc --import`): on SIGUSR2 it says what lives in the heap, in bytes. */
process.on('SIGUSR2', () => {
  globalThis.gc?.();
  console.error(JSON.stringify({ heap: process.memoryUsage().heapUsed }));
});
