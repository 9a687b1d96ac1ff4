/**
 * How much of each list `report.html` shows, so that it opens quickly whatever the account's size. Where something is
 * left out, the page says how many and which file holds them.
 */
export const PAGE_LIMITS = {
  gridRows: 100,
  gridColumns: 50,
  changes: 40,
  driftRows: 20,
  findings: 400,
  evidence: 20,
  findingHolders: 12,
  findingPlaces: 10,
  instances: 100,
  membersPerInstance: 12,
  rowsPerInstance: 40,
  principals: 200,
  namesPerRow: 6,
  members: 40,
  gaps: 200,
  problems: 200,
  tagChoices: 300,
  /** characters of one statement's JSON */
  statementText: 4000,
} as const;
