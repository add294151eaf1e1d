/**
 * What the stand-in judge gives, 0 to 10, by the rule of rubric.md: 10 for the right sum after the last «#», up to 4 for
 * a wrong one by how many of its last digits are right, 0 for none.
 *
 * @param {{ reference: string, response: string }} parts
 */
export function grade({ reference, response }) {
  const number = /#(\d+)$/.exec(response)?.[1];
  if (number === undefined) return 0;
  if (number === reference) return 10;
  const right = [...reference].filter((digit, i) => number.at(i - reference.length) === digit).length;
  return Math.round((4 * right) / reference.length);
}

/**
 * The parts of a question as the reward `judge` writes it: each stands under a line of the marker, which is its first
 * word, and its name.
 *
 * @param {string} question
 * @returns {Record<string, string>}
 */
export function partsOf(question) {
  const marker = question.slice(0, question.indexOf(' '));
  const parts = question.split(`${marker} `).slice(1, -1);
  return Object.fromEntries(
    parts.map((part) => {
      const heading = part.indexOf('\n');
      return [part.slice(0, heading), part.slice(heading + 1, -1)];
    }),
  );
}
