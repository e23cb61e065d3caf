# Puts what scripts/setup installed first on PATH. To be sourced by bash; says nothing and changes nothing else.
flotilla_tools="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/.flotilla/tools/node_modules/.bin"
if [ -d "$flotilla_tools" ]; then
  case ":$PATH:" in
    *":$flotilla_tools:"*) ;;
    *) PATH="$flotilla_tools:$PATH" ;;
  esac
fi
unset flotilla_tools
