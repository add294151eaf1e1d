import type { Program } from '../commander.js';
import { examples } from '../examples.js';
import { jsonOption, verboseOption } from '../options.js';

export function addDiff(program: Program): void {
  program
    .command('diff')
    .summary('what differs between two runs: config, plugins, data, versions, machine')
    .description(
      'Compares the manifests of two runs: config by path, plugins by the hash of their files, data by fingerprint,\n' +
        'versions, backend and machine. Where nothing differs but the seed, the runs differ by luck alone.',
    )
    .argument('<run>', 'folder of a run')
    .argument('<other>', 'folder of another run')
    .addOption(verboseOption())
    .addOption(jsonOption('print a JSON object'))
    .addHelpText('after', examples('dapo diff runs/first runs/second'))
    .action(async (run, other, options) => {
      const { diffRuns } = await import('../actions/diff.js');
      await diffRuns(run, other, options);
    });
}
