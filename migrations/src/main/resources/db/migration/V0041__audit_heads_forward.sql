-- The end of a chain only moves on: whoever may append must not be able to cut records off by setting it back.
create function audit_head_moves_on() returns trigger
  language plpgsql as $$
begin
  if new.tenant_id <> old.tenant_id or new.sequence < old.sequence
     or (new.sequence = old.sequence and new.hash <> old.hash) then
    raise exception 'the head of an audit chain only moves on';
  end if;
  return new;
end;
$$;

create trigger audit_head_moves_on
  before update on audit_heads
  for each row execute function audit_head_moves_on();
