# Types each line into an interactive zsh, presses Tab, and prints what then stands on the command line.
# $1: how the completion is loaded; the others: lines
zmodload zsh/zpty
zpty -b shell zsh -f -i
setup='PS1=; unsetopt zle_bracketed_paste; autoload -Uz compinit; '$1'; show() { print -r -- "BUFFER<$BUFFER>"; BUFFER=; }; zle -N show; bindkey "^X" show; print READY'
zpty -w shell $setup
shift
local out chunk
until [[ $out == *$'\n'READY* ]]; do zpty -r shell chunk "*"; out+=$chunk; done
for typed in "$@"; do
  out=
  # the second key is read when the completion is done
  zpty -n -w shell "$typed"$'\t\x18'
  until [[ $out == *'BUFFER<'*'>'* ]]; do zpty -r shell chunk "*"; out+=$chunk; done
  print -r -- "${${out##*BUFFER<}%%>*}"
done
zpty -d shell
