import { complains } from './wrong-input.js';

const ts = (content: string) => ({ files: { 'dapo.config.ts': content }, file: 'dapo.config.ts' });

complains({
  'no config in the folder': { search: true },
  'a config file that is not there': { file: 'experiment.yaml' },
  'a config with an ending that nothing reads': {
    file: 'dapo.config.toml',
    files: { 'dapo.config.toml': 'seed = 1' },
  },
  'an empty config': { file: 'empty.yaml', files: { 'empty.yaml': '# nothing\n' } },
  'an empty JSON file': { file: 'empty.json', files: { 'empty.json': '' } },
  'a list for a config': { file: 'list.yaml', files: { 'list.yaml': '- seed: 1\n' } },
  'a text for a config': { file: 'text.json', files: { 'text.json': '"dapo"' } },
  'JSON with a comma too many': { file: 'c.json', files: { 'c.json': '{\n  "seed": 1,\n}\n' } },
  'YAML with a bracket too few': { file: 'c.yaml', files: { 'c.yaml': 'seed: 1\nloss: { clip: clip\n' } },
  'YAML with a key twice': { file: 'c.yaml', files: { 'c.yaml': 'seed: 1\nseed: 2\n' } },
  'YAML indented with tabs': { file: 'c.yaml', files: { 'c.yaml': 'rollout:\n\tprompts: 4\n' } },
  'TypeScript without a default export': ts('export const config = { seed: 1 };'),
  'TypeScript that can not be parsed': ts('export default {\n  seed: 1;\n};\n'),
  'TypeScript that uses what is not there': ts('export default { seed: frist };\n'),
  'TypeScript that throws': ts("throw new Error('not today');\nexport default {};\n"),
  'TypeScript that imports what is not installed': ts(
    "import 'no-such-package-at-all';\nexport default { seed: 1 };\n",
  ),
  'TypeScript that exports a function': ts('export default () => ({ seed: 1 });\n'),
  'a function for an option': ts("export default { extends: './base.yaml', optimizer: { learningRate: () => 1 } };\n"),
  'a date for an option': ts("export default { extends: './base.yaml', name: new Date(0) };\n"),
  'code where none may run': { ...ts('export default { seed: 1 };'), noExec: true },
  'a misspelt preset': { file: 'c.yaml', files: { 'c.yaml': 'extends: dpo\n' } },
  'a preset that is a number': { file: 'c.yaml', files: { 'c.yaml': 'extends: 3\n' } },
  'a base that is not there': { file: 'c.yaml', files: { 'c.yaml': 'extends: ./bse.yaml\n' } },
  'a base in a package that is not installed': {
    file: 'c.yaml',
    files: { 'c.yaml': 'extends: dapo-preset-none\n' },
  },
  'a base in a scoped package that is not installed': {
    file: 'c.yaml',
    files: { 'c.yaml': "extends: '@nobody/preset'\n" },
  },
  'a config that extends itself': {
    file: 'a.yaml',
    files: { 'a.yaml': 'extends: ./b.yaml\n', 'b.yaml': 'extends: ./a.yaml\n' },
  },
  'a mistake in a base': {
    file: 'c.yaml',
    files: { 'c.yaml': 'extends: [./base.yaml, ./mine.yaml]\n', 'mine.yaml': 'seed: 1\nsampler: dynamc\n' },
  },
  'an override without =': { set: ['seed'] },
  'an override without a value': { set: ['seed='] },
  'an override without a path': { set: ['=1'] },
  'an override with a hole in its path': { set: ['loss..high=0.3'] },
  'an override that is no YAML': { set: ['loss.clip={ use: clip'] },
  'an override of a key that is not there': { set: ['loss.clp.high=0.3'] },
  'an override that goes through a value': { set: ['seed.first=1'] },
  'an override with a text for a number': { set: ['rollout.prompts="4"'] },
  'an override that takes out nothing': { set: ['rewards.lenght=false'] },
  'an override with a plugin of another kind': { set: ['sampler=clip-higher'] },
});
