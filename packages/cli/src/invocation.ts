/**
 * A command as a person can type it in a project that has dapo installed. A program that runs dapo with something beside
 * it says in DAPO_COMMAND how it is called itself: `npm run dapo --`.
 */
export function commandLine(...words: readonly string[]): string {
  return [process.env['DAPO_COMMAND'] ?? 'npx dapo', ...words.map(quote)].join(' ');
}

function quote(word: string): string {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
