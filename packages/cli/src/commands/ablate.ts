import { parseBudget } from '../ablation/budget.js';
import { InvalidArgumentError, Option, type Program } from '../commander.js';
import { examples } from '../examples.js';
import {
  backendOption,
  configArgument,
  jsonOption,
  noExecOption,
  positiveNumber,
  setOption,
  verboseOption,
} from '../options.js';

type Grid = Readonly<Record<string, readonly unknown[]>>;

export function addAblate(program: Program): void {
  program
    .command('ablate')
    .summary('learn what each technique is worth: variants × seeds, with honest statistics')
    .description(
      'Trains variants of a config with several seeds each, in processes of their own, and compares their final scores,\n' +
        'paired by seed: ladder (the steps of the paper), leave-one-out, one-at-a-time, grid, or a study file (.json).\n' +
        'The same command again goes on with what is not done; more seeds lengthen the study.',
    )
    .argument('[config]', configArgument)
    .option('--study <name>', 'ladder, leave-one-out, one-at-a-time, grid, or a file', 'ladder')
    .addOption(gridOption())
    .option('--seeds <number>', 'runs of each variant; claims begin at 6', positiveNumber, 8)
    .addOption(
      new Option(
        '--budget <unit=number>',
        "of every run: tokens (generated), steps, updates, prompts or minutes; default: the tokens that the baseline's budget buys",
      ).argParser(parseBudget),
    )
    .option('--out <folder>', 'folder of the study (default: runs/study-NAME)')
    .option('--jobs <number>', 'runs at a time (default: one per core)', positiveNumber)
    .addOption(setOption())
    .addOption(backendOption())
    .option('--dry-run', 'print the plan: runs, what differs, time by a pilot, which claims it can support')
    .option('--no-pilot', 'plan without training a step of each variant')
    .addOption(noExecOption())
    .addOption(verboseOption())
    .addOption(jsonOption('one JSON object a line, the verdict last; with --dry-run the plan as one object'))
    .addHelpText(
      'after',
      examples(
        'dapo ablate --dry-run',
        'dapo ablate dapo.config.ts --study leave-one-out --seeds 8 --budget tokens=200000',
        "dapo ablate --study grid --grid 'loss.clip.high=[0.2, 0.28, 0.4]' --jobs 2",
      ),
    )
    .action(async (config, options) => {
      const { ablate } = await import('../actions/ablate.js');
      await ablate(config, options);
    });
}

function gridOption() {
  return new Option(
    '--grid <path=[values]>',
    'values of a config path for --study grid, in JSON; may be given again',
  ).argParser((text: string, earlier: Grid | undefined): Grid => {
    const equals = text.indexOf('=');
    if (equals < 1) throw new InvalidArgumentError('It is not of the form loss.clip.high=[0.2, 0.28].');
    return { ...earlier, [text.slice(0, equals)]: listOf(text.slice(equals + 1)) };
  });
}

/** A JSON list, or words separated by commas: `[0.2, 0.28]`, `token,sequence`. */
function listOf(text: string): unknown[] {
  if (!text.startsWith('[')) return text.split(',').map(valueOf);
  try {
    return JSON.parse(text) as unknown[];
  } catch {
    throw new InvalidArgumentError('Its values are no JSON list.');
  }
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
