import { Option, type Program } from '../commander.js';
import { examples } from '../examples.js';
import {
  decimal,
  jsonOption,
  noExecOption,
  positiveNumber,
  seedOption,
  setOption,
  threadsOption,
  verboseOption,
} from '../options.js';

export function addGenerate(program: Program): void {
  program
    .command('generate')
    .summary('let a trained policy answer prompts of your own')
    .description(
      'Samples answers to prompts, from the newest checkpoint of a run or from a saved policy.\n' +
        'What is not said is as in the rollout of its config. Equal seeds give equal answers.',
    )
    .argument('<prompts...>', 'one or more prompts')
    .addOption(
      new Option('--run <run>', 'folder of a run, or of one of its checkpoints').conflicts(['policy', 'config', 'set']),
    )
    .option('--policy <folder>', 'folder of a policy, as dapo sft saves it')
    .option(
      '--config <file>',
      'with --policy, the config that names tokenizer and backend; default: dapo.config.* here',
    )
    .addOption(setOption())
    .option('-n, --n <number>', 'answers to each prompt', positiveNumber, 1)
    .option('--temperature <number>', 'temperature; 0 takes the likeliest token', decimal)
    .option('--max-length <number>', 'longest answer, in tokens', positiveNumber)
    .addOption(seedOption())
    .addOption(threadsOption())
    .addOption(noExecOption())
    .addOption(verboseOption())
    .addOption(jsonOption('print a JSON object'))
    .addHelpText(
      'after',
      examples(
        "dapo generate '12+34=' --run runs/first -n 4",
        "dapo generate '12+34=' --policy base --temperature 0 --json",
      ),
    )
    .action(async (prompts, options) => {
      const { generate } = await import('../actions/generate.js');
      await generate(prompts, options);
    });
}
