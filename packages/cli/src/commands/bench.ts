import { Option, type Program } from '../commander.js';
import { examples } from '../examples.js';
import { jsonOption, noExecOption, positiveNumber, setOption, threadsOption, verboseOption } from '../options.js';

const list = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

export function addBench(program: Program): void {
  program
    .command('bench')
    .summary('measure speed and memory, of a config of yours or of the built-in ones')
    .description(
      'Measures products, what an operation costs, an update, generation, whole rollout steps and peak memory, on each\n' +
        'backend that is there and each in a process of its own: one rollout step to warm up, then median and best.\n' +
        'It asserts nothing and writes no run. A to E are the configurations of docs/guide/speed.md.',
    )
    .argument('[config]', 'config file; without one, the built-in configurations')
    .addOption(new Option('--configs <names>', 'built-in configurations, A to E (default: all)').argParser(list))
    .addOption(new Option('--backends <names>', 'tensor backends (default: all that are there)').argParser(list))
    .option('--steps <number>', 'rollout steps that count', positiveNumber, 5)
    .addOption(threadsOption())
    .addOption(setOption())
    .option(
      '--growth',
      'also time and memory at half and twice the group size, length, width and layers, with exponents',
    )
    .option('--out <file>', 'write everything as JSON: machine, Node, backend, versions, each value')
    .addOption(noExecOption())
    .addOption(verboseOption())
    .addOption(jsonOption('print a JSON object'))
    .addHelpText(
      'after',
      examples(
        'dapo bench --configs A',
        'dapo bench dapo.config.ts --steps 3 --growth',
        'dapo bench --configs A,B --backends wasm --out bench.json',
      ),
    )
    .action(async (config, options) => {
      const { bench } = await import('../actions/bench.js');
      await bench(config, options);
    });
}
