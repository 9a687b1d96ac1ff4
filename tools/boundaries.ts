import { readdir } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { cruise, type ICruiseResult, type IFlattenedRuleSet } from 'dependency-cruiser';
import extractDepcruiseOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';

const CONFIG = path.join(import.meta.dirname, '..', '.dependency-cruiser.mjs');
const FOLDERS = ['lib', 'functions', 'cli', 'page', 'bench', 'tools', 'test'];

/** The result of checking the room table: how many modules were read and every line that must be fixed. */
export interface BoundaryReport {
  readonly modules: number;
  readonly violations: readonly string[];
}

/**
 * Checks the checkout at `root` against the rules of .dependency-cruiser.mjs. Reading no module is a violation, and so
 * is a room of lib/ without a rule: otherwise both would pass unnoticed.
 */
export async function checkBoundaries(root: string): Promise<BoundaryReport> {
  const options = await extractDepcruiseOptions(CONFIG);
  const present = (await namesIn(root)).filter((name) => FOLDERS.includes(name));
  const result = await cruise(present, { ...options, baseDir: root, validate: true });
  const { summary } = result.output as ICruiseResult;
  const violations = summary.violations.map(({ rule, from, to, cycle }) => {
    const way = cycle ? cycle.map(({ name }) => name).join(' -> ') : to;
    return `${rule.name}: ${from} -> ${way}\n    ${commentOf(options.ruleSet, rule.name)}`;
  });
  const unruled = (await roomsOf(root)).filter((room) => !hasRule(options.ruleSet, room));
  return {
    modules: summary.totalCruised,
    violations: [
      ...violations,
      ...unruled.map(
        (room) => `lib/${room}: no rule in .dependency-cruiser.mjs says what this room may import`,
      ),
      ...(summary.totalCruised === 0
        ? ['0 modules were read: the check saw nothing, so it proves nothing']
        : []),
    ],
  };
}

async function roomsOf(root: string): Promise<readonly string[]> {
  const rooms = await namesIn(path.join(root, 'lib'));
  const adapters = await namesIn(path.join(root, 'lib', 'adapters'));
  return [...rooms.filter((room) => room !== 'adapters'), ...adapters.map((name) => `adapters/${name}`)];
}

async function namesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

function hasRule(rules: IFlattenedRuleSet | undefined, room: string): boolean {
  return rules?.forbidden?.some(({ name }) => name === `room-${room.replace('/', '-')}`) ?? false;
}

function commentOf(rules: IFlattenedRuleSet | undefined, name: string): string {
  return rules?.forbidden?.find((rule) => rule.name === name)?.comment ?? '';
}

if (import.meta.main) {
  const { modules, violations } = await checkBoundaries(path.join(import.meta.dirname, '..'));
  for (const violation of violations) console.error(violation);
  console.log(`boundaries: ${modules} modules, ${violations.length} violations`);
  process.exitCode = violations.length === 0 ? 0 : 1;
}
