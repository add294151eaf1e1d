import { readGolden } from './golden-folder.js';
import { adamwPlugin, expectSteps, type GoldenSettings } from './golden-optimizer.js';
import { makeInstance, type GoldenPlugin } from './golden-plugins.js';
import { GoldenReport } from './golden-report.js';
import { expectGoldenTensor } from './golden-tolerance.js';

interface GoldenSchedule {
  readonly use: string;
  readonly warmup_steps: number;
  readonly total_steps: number;
  readonly min_ratio: number;
}

interface Golden {
  readonly cases: readonly (GoldenSettings & { readonly name: string; readonly schedule?: GoldenSchedule })[];
  readonly learning_rates: readonly (GoldenSchedule & {
    readonly lr: number;
    readonly learning_rate_of_update: readonly number[];
  })[];
}

/** Golden schedule → ours; none is a constant one. */
function schedulePlugin(golden?: GoldenSchedule): GoldenPlugin<'schedule'> | undefined {
  if (!golden) return { kind: 'schedule', name: 'constant' };
  if (!['cosine', 'linear'].includes(golden.use)) return undefined;
  const { warmup_steps: warmUp, total_steps: steps, min_ratio: minimum } = golden;
  return {
    kind: 'schedule',
    name: golden.use,
    options: { warmUp, steps, minimum, warmUpUnit: 'optimizer-steps' },
  };
}

/** A schedule that has its length needs nothing of the config. */
const noConfig = { config: {} };

const report = new GoldenReport('optimizer.json');
const { cases, learning_rates: rates } = readGolden('optimizer.json') as Golden;

for (const golden of cases) {
  const schedule = schedulePlugin(golden.schedule);
  report.entry(golden.name, schedule && [adamwPlugin(golden), schedule], async () => {
    await expectSteps(golden, await makeInstance(schedule!, noConfig));
  });
}

for (const golden of rates) {
  const plugin = schedulePlugin(golden);
  const { learning_rate_of_update: expected, ...settings } = golden;
  const where = JSON.stringify(settings);
  report.entry(where, plugin && [plugin], async () => {
    const schedule = await makeInstance(plugin!, noConfig);
    const factors = expected.map((_, t) => schedule.factor({ rolloutStep: 0, optimizerStep: t, fraction: 0 }));
    await expectGoldenTensor(
      factors.map((factor) => factor * golden.lr),
      expected,
      where,
    );
  });
}
