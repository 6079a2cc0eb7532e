import type { Reporter, TestModule } from 'vitest/node';

/** Says at the end which tests did not run on this machine, and why. */
export default class SkippedReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    for (const module of modules) {
      for (const test of module.children.allTests('skipped')) {
        const { note = 'not on this machine' } = test.result() as { note?: string };
        console.log(`skipped: ${module.relativeModuleId}: ${test.fullName} (${note})`);
      }
    }
  }
}
