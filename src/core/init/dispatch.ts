/** Where the workflow lies in the repository with people's files. */
export const DISPATCH_PATH = '.github/workflows/dispatch.yml';

/**
 * A workflow for the repository with people's files: a push there makes hubs follow at once. Its token may start
 * workflows of the platform, and write nothing.
 */
export function dispatchWorkflow(platform: string): string {
  return `# Makes hubs follow people's files at once. PLATFORM_TOKEN: a fine-grained token for ${platform} alone, with Actions: write.
name: dispatch
on:
  push:
    branches: [main]
permissions: {}
jobs:
  dispatch:
    runs-on: ubuntu-latest
    timeout-minutes: 5
    steps:
      - env:
          GH_TOKEN: \${{ secrets.PLATFORM_TOKEN }}
        run: gh workflow run access.yml --repo ${platform}
`;
}
