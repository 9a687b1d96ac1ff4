declare module 'asl-validator' {
  /** The package has no types of its own; this follows its README. */
  // biome-ignore lint/style/noDefaultExport: that is how the package exports it
  export default function validator(
    definition: object,
    options?: { readonly checkPaths?: boolean; readonly checkArn?: boolean },
  ): { readonly isValid: boolean; readonly errors: readonly object[] };
}
