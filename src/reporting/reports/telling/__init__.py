"""What more than one report needs: the book of the month, intervals, wording, the bridge, actions."""
