#!/bin/sh
# Lighthouse's accessibility and best practice for pages of a desk that runs. It needs Node, npm and Chromium:
#   scripts/lighthouse.sh http://127.0.0.1:8000 "<the value of the cookie suar_desk>"
# Without the cookie only the sign-in page is looked at. Figures go to stdout, one page a line.
set -eu
base=${1:?"the address of the desk, such as http://127.0.0.1:8000"}
cookie=${2:-}
version=13.5.0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --silent --no-audit --no-fund --prefix "$work" "lighthouse@$version" >&2
CHROME_PATH=$(command -v chromium || command -v google-chrome)
export CHROME_PATH

look() {
  "$work/node_modules/.bin/lighthouse" "$base$1" --quiet --output=json --output-path="$work/report.json" \
    --only-categories=accessibility,best-practices --chrome-flags="--headless=new --no-sandbox --disable-quic" \
    ${cookie:+--extra-headers="{\"Cookie\": \"suar_desk=$cookie\"}"} >&2
  node -e '
    const {categories, audits, finalDisplayedUrl} = JSON.parse(require("fs").readFileSync(process.argv[1]));
    const failed = Object.values(audits).filter((each) => each.score !== null && each.score < 0.9).map((each) => each.id);
    const figures = Object.values(categories).map((each) => `${each.id} ${Math.round(each.score * 100)}`);
    console.log([new URL(finalDisplayedUrl).pathname, ...figures, ...failed].join("  "));
  ' "$work/report.json"
}

look /desk/sign-in
if [ -n "$cookie" ]; then
  for page in / /help /directory /answers /practice /settings; do
    look "/desk$page"
  done
fi
