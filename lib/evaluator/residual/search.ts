import { isSpent, spend, type Work } from '../work.ts';
import type { Cube } from './cubes.ts';
import { type Goal, goalOf, type Space } from './space.ts';

/** Some of the cubes in which a goal is met. */
export interface FoundCubes {
  readonly cubes: readonly Cube[];
  /** there are no others: without any cube it is never met */
  readonly complete: boolean;
}

/** A state of the search: the cube so far, and the choices that are left. */
interface Branch {
  readonly cube: Cube;
  readonly todo: readonly Goal[];
  readonly open: readonly (readonly Goal[])[];
}

/**
 * Searches cubes one after another, if all of them are too many. The choice with the fewest remaining alternatives
 * comes next; one with a single alternative is applied at once (after Davis, Logemann and Loveland,
 * https://doi.org/10.1145/368273.368557).
 */
export function search(goal: Goal, space: Space, limit: number, work: Work): FoundCubes {
  const cubes: Cube[] = [];
  const branches: Branch[] = [{ cube: space.full, todo: [goal], open: [] }];
  for (let branch = branches.pop(); branch; branch = branches.pop()) {
    if (cubes.length >= limit || isSpent(work)) return { cubes, complete: false };
    const next = settleGoals(branch, space, work);
    if (!next) continue;
    if (next.open.length === 0) {
      cubes.push(next.cube);
      continue;
    }
    const choice = next.open.reduce((best, other) => (other.length < best.length ? other : best));
    const open = next.open.filter((other) => other !== choice);
    for (const goal of choice.toReversed()) branches.push({ cube: next.cube, todo: [goal], open });
  }
  return { cubes, complete: true };
}

/** Applies everything that leaves no choice; null if that is impossible. */
function settleGoals(branch: Branch, space: Space, work: Work): Branch | null {
  const cube = [...branch.cube];
  spend(work, cube.length);
  let todo = branch.todo;
  let { open } = branch;
  while (todo.length > 0) {
    const choices = narrow(cube, todo, space);
    if (!choices) return null;
    ({ todo, open } = prune(cube, [...open, ...choices], work));
  }
  return { cube, todo, open };
}

/** Narrows the cube by the goals that leave no choice, and returns the choices; null: the cube is empty. */
function narrow(cube: bigint[], goals: readonly Goal[], space: Space): (readonly Goal[])[] | null {
  const choices: (readonly Goal[])[] = [];
  const left = [...goals];
  for (let goal = left.pop(); goal !== undefined; goal = left.pop()) {
    if (goal.kind === 'atom') {
      if (!hold(goal, cube)) return null;
      continue;
    }
    const parts = partsOfGoal(goal, space);
    if (goal.kind === 'any') choices.push(parts);
    else for (const part of parts) left.push(part);
  }
  return choices;
}

/** Narrows the cube to where the condition holds; false if that is nowhere. */
function hold(goal: Extract<Goal, { kind: 'atom' }>, cube: bigint[]): boolean {
  const mask = (cube[goal.index] as bigint) & goal.mask;
  cube[goal.index] = mask;
  return mask !== 0n;
}

function partsOfGoal(goal: Extract<Goal, { kind: 'all' | 'any' }>, space: Space): readonly Goal[] {
  return goal.parts.map((part) => goalOf(part, goal.wanted, space));
}

/**
 * Removes alternatives that the cube excludes, and choices of which it fulfils one. A choice without alternatives
 * stays: it is selected next, and ends the branch.
 */
function prune(
  cube: Cube,
  choices: readonly (readonly Goal[])[],
  work: Work,
): { todo: readonly Goal[]; open: readonly (readonly Goal[])[] } {
  const todo: Goal[] = [];
  const open: (readonly Goal[])[] = [];
  for (const goals of choices) {
    spend(work, goals.length);
    const outcomes = goals.map((goal) => outcome(goal, cube));
    if (outcomes.includes(true)) continue;
    const ways = goals.filter((_goal, i) => outcomes[i] !== false);
    if (ways.length === 1) todo.push(ways[0] as Goal);
    else open.push(ways);
  }
  return { todo, open };
}

/** Whether the goal holds everywhere in the cube (true) or nowhere (false); null: in a part, or not known. */
function outcome(goal: Goal, cube: Cube): boolean | null {
  if (goal.kind !== 'atom') return null;
  const mask = cube[goal.index] as bigint;
  if ((mask & goal.mask) === 0n) return false;
  return (mask & ~goal.mask) === 0n ? true : null;
}
