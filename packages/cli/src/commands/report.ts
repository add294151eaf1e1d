import type { Program } from '../commander.js';
import { examples } from '../examples.js';
import { jsonOption, positiveDecimal, verboseOption } from '../options.js';

export function addReport(program: Program): void {
  program
    .command('report')
    .summary('a page about studies or runs: what was tried, what it gained and cost, what it does not show')
    .description(
      'Writes report.html (one file that needs no network), the same as report.md with its figures, and runs.csv,\n' +
        'differences.csv and curves.csv. Runs are put side by side; those that differ in nothing but the seed are one\n' +
        'variant. Several studies of the same variants are several tasks, summed up by rliable’s definitions.',
    )
    .argument('<folder...>', 'folders of studies, or of runs')
    .option('--out <folder>', 'where to write (default: the first folder)')
    .option('--title <text>', 'heading of the page')
    .option(
      '--threshold <share>',
      'accuracy, 0 to 1, whose steps and tokens are told (default: what the baseline ends at)',
      positiveDecimal,
    )
    .option('--price-per-hour <number>', 'money, for runs whose config has no prices', positiveDecimal)
    .addOption(verboseOption())
    .addOption(jsonOption('print a JSON object: the files, and the verdicts'))
    .addHelpText(
      'after',
      examples('dapo report runs/first', 'dapo report runs/first --price-per-hour 0.9 --out page --title First'),
    )
    .action(async (folders, options) => {
      const { report } = await import('../actions/report.js');
      await report(folders, options);
    });
}
