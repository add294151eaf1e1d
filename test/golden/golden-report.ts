import { afterAll, beforeAll, expect, test } from 'vitest';
import { reasonToLeaveOut } from './excused.js';
import { startGoldenBackend } from './golden-backend.js';
import { hasPlugin, type GoldenPlugin } from './golden-plugins.js';

/**
 * Runs the entries of a golden file as tests, and prints how many cases each plugin had, which entries are excused,
 * and which have no plugin.
 */
export class GoldenReport {
  private readonly counts = new Map<string, number>();
  private readonly excused = new Map<string, number>();
  private readonly without = new Map<string, number>();

  constructor(private readonly file: string) {
    beforeAll(startGoldenBackend);
    afterAll(() => this.print());
  }

  /**
   * One entry as a test. An entry whose golden name stands in no table (`plugins` undefined) is counted with its reason
   * where it is excused; without one, and where a plugin isn't there, it is listed and fails.
   */
  entry(
    name: string,
    plugins: readonly GoldenPlugin[] | undefined,
    run: (plugins: readonly GoldenPlugin[]) => Promise<void>,
  ): void {
    const reason = plugins ? undefined : reasonToLeaveOut(name);
    if (reason !== undefined) {
      increase(this.excused, `«${name}»: ${reason}`);
      return;
    }
    const missing = plugins ? plugins.filter((plugin) => !hasPlugin(plugin)).map(title) : [`«${name}»`];
    if (!plugins || missing.length > 0) {
      for (const key of missing) increase(this.without, key);
      test(name, () =>
        expect.fail(`no plugin for ${missing.join(', ')}: write it, or excuse it by name in excused.ts`),
      );
      return;
    }
    if (plugins.length > 0 && plugins.every((plugin) => (this.counts.get(title(plugin)) ?? 0) >= casesOfEach())) return;
    for (const plugin of plugins) increase(this.counts, title(plugin));
    test(name, () => run(plugins));
  }

  private print(): void {
    const list = (counts: Map<string, number>): string =>
      [...counts]
        .map(([key, count]) => `  ${key}: ${count}`)
        .sort()
        .join('\n');
    const lines = [`${this.file}: cases per plugin`, list(this.counts)];
    if (this.excused.size > 0) lines.push(`${this.file}: excused entries`, list(this.excused));
    if (this.without.size > 0) lines.push(`${this.file}: entries without a plugin`, list(this.without));
    console.log(lines.join('\n'));
  }
}

/** Cases of each plugin that run, for a backend that is slow: GOLDEN_CASES, else all. */
function casesOfEach(): number {
  return Number(process.env['GOLDEN_CASES'] ?? Infinity);
}

function title({ kind, name }: GoldenPlugin): string {
  return `${kind} ${name}`;
}

function increase(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
