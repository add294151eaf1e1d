import { afterAll, beforeAll, test } from 'vitest';
import { startGoldenBackend } from './golden-backend.js';
import { hasPlugin, type GoldenPlugin } from './golden-plugins.js';

/**
 * Runs the entries of a golden file as tests, and prints how many cases each plugin had and which had none.
 */
export class GoldenReport {
  private readonly counts = new Map<string, number>();
  private readonly without = new Map<string, number>();

  constructor(private readonly file: string) {
    beforeAll(startGoldenBackend);
    afterAll(() => this.print());
  }

  /**
   * One entry as a test: skipped and listed where a plugin that it needs isn't there, or where its golden
   * name stands in no table (`plugins` undefined).
   */
  entry(
    name: string,
    plugins: readonly GoldenPlugin[] | undefined,
    run: (plugins: readonly GoldenPlugin[]) => Promise<void>,
  ): void {
    const missing = plugins ? plugins.filter((plugin) => !hasPlugin(plugin)).map(title) : [`«${name}»`];
    if (!plugins || missing.length > 0) {
      for (const key of missing) increase(this.without, key);
      test.skip(name, () => undefined);
      return;
    }
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
    if (this.without.size > 0) lines.push(`${this.file}: entries without a plugin`, list(this.without));
    console.log(lines.join('\n'));
  }
}

function title({ kind, name }: GoldenPlugin): string {
  return `${kind} ${name}`;
}

function increase(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
