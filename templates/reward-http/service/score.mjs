/**
 * The score of one sample, 0 to 1: 1 for the right number after the last «#», up to 0.4 for a wrong one by how many of
 * its last digits are right, 0 for none.
 *
 * @param {{ response: string, answer: string | null }} sample
 */
export function score({ response, answer }) {
  const number = /#(\d+)$/.exec(response)?.[1];
  if (answer === null) return { score: null };
  if (number === undefined) return { score: 0, correct: false, answer: null };
  if (number === answer) return { score: 1, correct: true, answer: number };
  const right = [...answer].filter((digit, i) => number.at(i - answer.length) === digit).length;
  return { score: (0.4 * right) / answer.length, correct: false, answer: number };
}
