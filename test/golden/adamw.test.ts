import { readGolden } from './golden-folder.js';
import { adamwPlugin, expectSteps, type GoldenSettings } from './golden-optimizer.js';
import { makeInstance, type GoldenPlugin } from './golden-plugins.js';
import { GoldenReport } from './golden-report.js';

const golden = readGolden('adamw.json') as GoldenSettings & { readonly warmup_steps: number };
const schedule: GoldenPlugin<'schedule'> = {
  kind: 'schedule',
  name: 'constant',
  options: { warmUp: golden.warmup_steps, warmUpUnit: 'optimizer-steps' },
};

new GoldenReport('adamw.json').entry(`${golden.steps.length} steps`, [adamwPlugin(golden), schedule], async () => {
  await expectSteps(golden, await makeInstance(schedule));
});
